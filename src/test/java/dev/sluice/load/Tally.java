package dev.sluice.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/**
 * All steps of a load.
 */
final class Tally {

	private final List<Step> steps = new CopyOnWriteArrayList<>();

	/**
	 * Begins a step.
	 * @param name what it is called
	 * @return the step, whose clients wait for their answers
	 */
	Step step(String name) {
		return add(new Step(name, false));
	}

	/**
	 * Begins a step.
	 * @param name what it is called
	 * @return the step, whose clients may leave
	 */
	Step leaving(String name) {
		return add(new Step(name, true));
	}

	/**
	 * The steps, in their order.
	 * @return the steps
	 */
	List<Step> steps() {
		return this.steps;
	}

	/**
	 * The sum over all steps.
	 * @param number what is added up
	 * @return the sum
	 */
	long sum(ToLongFunction<Step> number) {
		return this.steps.stream().mapToLong(number).sum();
	}

	/**
	 * How many answers of all were of a kind.
	 * @param outcome the kind
	 * @return the number
	 */
	long count(Outcome outcome) {
		return sum((step) -> step.count(outcome));
	}

	private Step add(Step step) {
		this.steps.add(step);
		return step;
	}

}
