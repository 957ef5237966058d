package dev.sluice.load;

import java.util.function.BooleanSupplier;

/**
 * Something that must hold at the end of a load.
 *
 * @param name what must hold, in a few words
 * @param holds whether it does
 */
record Judgement(String name, BooleanSupplier holds) {

	static Judgement nobodyFails(Tally tally) {
		return new Judgement("nobody fails", () -> tally.count(Outcome.FAILED) == 0);
	}

	static Judgement nobodyIsRefused(Tally tally) {
		return new Judgement("nobody is refused", () -> tally.count(Outcome.REFUSED) == 0);
	}

}
