package dev.sluice.piston;

/**
 * What one stage of a program wrote.
 *
 * @param stdout to standard output
 * @param stderr to standard error
 * @param output both, in the order in which they arrived
 */
public record StageText(String stdout, String stderr, String output) {

	static final StageText NONE = new StageText("", "", "");

}
