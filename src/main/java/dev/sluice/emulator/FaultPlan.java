package dev.sluice.emulator;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Says what befalls the next execution: what its own header asks for, else the next step
 * of the script, else what chance brings by the rates.
 */
final class FaultPlan {

	private final Duration after;

	private final Queue<Mishap> script = new ConcurrentLinkedQueue<>();

	private final Map<Fault, LongAdder> played = new ConcurrentHashMap<>();

	private volatile Map<Fault, Double> rates;

	FaultPlan(FaultsProperties properties) {
		this.after = properties.after();
		this.rates = properties.rates();
	}

	/**
	 * What befalls an execution that has just come.
	 * @param asked the fault that its header asks for; null where it has none
	 * @return what befalls it, which is counted
	 * @throws AzureError where its header names no fault
	 */
	Mishap next(@Nullable String asked) {
		Mishap mishap = (asked != null) ? Mishap.read(asked, this.after) : planned();
		if (mishap.fault() != Fault.NONE) {
			this.played.computeIfAbsent(mishap.fault(), (fault) -> new LongAdder()).increment();
		}
		return mishap;
	}

	/**
	 * Replaces the plan.
	 * @param shares the share of executions for each fault
	 * @param steps what befalls the next executions, one each, before chance does
	 */
	void replace(Map<Fault, Double> shares, List<Mishap> steps) {
		this.rates = Map.copyOf(shares);
		this.script.clear();
		this.script.addAll(steps);
	}

	/** How long a fault takes where nobody says. */
	Duration after() {
		return this.after;
	}

	/** How often each fault befell an execution. */
	Map<String, Long> played() {
		Map<String, Long> counts = new TreeMap<>();
		this.played.forEach((fault, count) -> counts.put(fault.text(), count.sum()));
		return counts;
	}

	private Mishap planned() {
		Mishap step = this.script.poll();
		return (step != null) ? step : new Mishap(chance(), this.after);
	}

	private Fault chance() {
		Map<Fault, Double> shares = this.rates;
		if (shares.isEmpty()) {
			return Fault.NONE;
		}
		double drawn = ThreadLocalRandom.current().nextDouble();
		for (Map.Entry<Fault, Double> share : shares.entrySet()) {
			drawn -= share.getValue();
			if (drawn < 0) {
				return share.getKey();
			}
		}
		return Fault.NONE;
	}

}
