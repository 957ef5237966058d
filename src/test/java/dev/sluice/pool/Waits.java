package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.sluice.admission.Admission;
import dev.sluice.admission.TestAdmissions;
import dev.sluice.execution.Execution;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Executions that come to pools through an admission, and what became of them.
 */
final class Waits implements AutoCloseable {

	private final Admission admission;

	private final List<String> outcomes = new CopyOnWriteArrayList<>();

	private final Disposable.Composite running = Disposables.composite();

	Waits(Pools pools, Duration maxWait) {
		this.admission = TestAdmissions.before(pools, maxWait);
	}

	void add(Execution execution) {
		this.running.add(Calls.outcome(this.admission.execute(execution)).subscribe(this.outcomes::add));
	}

	int waiting() {
		return this.admission.waiting();
	}

	List<String> outcomes() {
		return this.outcomes;
	}

	@Override
	public void close() {
		this.running.dispose();
		this.admission.close();
	}

}
