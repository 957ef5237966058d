package dev.sluice.settings;

import java.util.List;

/**
 * Says what was set wrongly.
 */
final class WrongSettingsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<String> sentences;

	/**
	 * Makes the exception.
	 * @param sentences what is wrong, a sentence for each setting
	 */
	WrongSettingsException(List<String> sentences) {
		super(String.join("; ", sentences));
		this.sentences = List.copyOf(sentences);
	}

	List<String> sentences() {
		return this.sentences;
	}

}
