package dev.sluice.load;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

import io.gatling.http.response.Response;

/**
 * A part of the load whose answers are counted together.
 */
final class Step {

	private static final int WRONG_SHOWN = 3;

	/** A step's first part brings the target to its pace. */
	private static final double SETTLING = 0.2;

	private record Seen(Outcome outcome, String code, long began, long ended) {

		long took() {
			return this.ended - this.began;
		}

	}

	private final String name;

	private final boolean mayLeave;

	private final LongAdder begun = new LongAdder();

	private final LongAdder over = new LongAdder();

	private final LongAccumulator first = new LongAccumulator(Math::min, Long.MAX_VALUE);

	private final LongAccumulator last = new LongAccumulator(Math::max, 0);

	private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

	private final AtomicInteger wrong = new AtomicInteger();

	/**
	 * Begins to count.
	 * @param name what it is called
	 * @param mayLeave whether its clients may leave before they have an answer
	 */
	Step(String name, boolean mayLeave) {
		this.name = name;
		this.mayLeave = mayLeave;
	}

	String name() {
		return this.name;
	}

	/** A client asks. */
	void begin() {
		long now = System.currentTimeMillis();
		this.begun.increment();
		this.first.accumulate(now);
		this.last.accumulate(now);
	}

	/** A client has got an answer. */
	void see(Response response, String word) {
		Outcome.Judged judged = Outcome.of(response, word);
		this.seen.add(new Seen(judged.outcome(), judged.code(), response.startTimestamp(), response.endTimestamp()));
		if (judged.outcome() == Outcome.WRONG && this.wrong.incrementAndGet() <= WRONG_SHOWN) {
			System.out
				.println("Not the answer for " + word + ": " + response.status() + " " + response.body().string());
		}
	}

	/** A client is gone, with an answer or without. */
	void end() {
		this.over.increment();
	}

	/**
	 * How many clients still wait.
	 * @return the number
	 */
	long open() {
		return this.begun.sum() - this.over.sum();
	}

	/**
	 * How many answers were of a kind.
	 * @param outcome the kind
	 * @return the number
	 */
	long count(Outcome outcome) {
		return this.seen.stream().filter((one) -> one.outcome() == outcome).count();
	}

	/**
	 * How many clients got no answer.
	 * @return the number
	 */
	long unanswered() {
		return this.begun.sum() - this.seen.size();
	}

	/**
	 * How many clients got no answer, and did not leave.
	 * @return the number
	 */
	long lost() {
		return this.mayLeave ? 0 : unanswered();
	}

	/**
	 * How many programs were answered a second while the step lasted, its first fifth
	 * apart.
	 * @return the rate
	 */
	double goodput() {
		long from = from();
		long to = this.last.get();
		return rate(from, (one) -> one.outcome() == Outcome.ANSWERED && one.ended() >= from && one.ended() <= to);
	}

	/**
	 * The time below which so many answers of a kind came.
	 * @param outcome the kind
	 * @param percent how many
	 * @return milliseconds; 0 where there was none
	 */
	long took(Outcome outcome, double percent) {
		long[] times = this.seen.stream()
			.filter((one) -> one.outcome() == outcome && one.began() >= from())
			.mapToLong(Seen::took)
			.sorted()
			.toArray();
		return (times.length > 0) ? times[(int) Math.ceil(times.length * percent / 100) - 1] : 0;
	}

	boolean lastedAt(long time) {
		return time >= this.first.get() && time <= this.last.get();
	}

	@Override
	public String toString() {
		Map<String, Integer> codes = new TreeMap<>();
		this.seen.stream()
			.filter((one) -> !one.code().isEmpty())
			.forEach((one) -> codes.merge(one.code(), 1, Integer::sum));
		double seconds = Math.max(1, this.last.get() - this.first.get()) / 1000.0;
		return String.format("%-16s %7d %8.1f %8d %8.1f %6d %6d %8d %6d %6d %6d %6d %6d %6d  %s", this.name,
				this.begun.sum(), this.begun.sum() / seconds, count(Outcome.ANSWERED), goodput(),
				took(Outcome.ANSWERED, 50), took(Outcome.ANSWERED, 99), count(Outcome.REFUSED),
				took(Outcome.REFUSED, 50), took(Outcome.REFUSED, 99), took(Outcome.REFUSED, 100), count(Outcome.FAILED),
				count(Outcome.WRONG), unanswered(), codes.isEmpty() ? "" : codes);
	}

	static String heading() {
		return String.format("%-16s %7s %8s %8s %8s %6s %6s %8s %6s %6s %6s %6s %6s %6s", "step", "sent", "/s",
				"answered", "/s", "p50", "p99", "refused", "p50", "p99", "max", "failed", "wrong", "none");
	}

	private long from() {
		return this.first.get() + (long) (SETTLING * (this.last.get() - this.first.get()));
	}

	private double rate(long from, Predicate<Seen> which) {
		double seconds = Math.max(1, this.last.get() - from) / 1000.0;
		return this.seen.stream().filter(which).count() / seconds;
	}

}
