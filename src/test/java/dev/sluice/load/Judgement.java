package dev.sluice.load;

import java.util.function.BooleanSupplier;

/**
 * Something that must hold at the end of a load.
 *
 * @param name what must hold, in a few words
 * @param holds whether it does
 */
record Judgement(String name, BooleanSupplier holds) {
}
