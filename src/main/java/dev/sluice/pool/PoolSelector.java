package dev.sluice.pool;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import dev.sluice.execution.Delivery;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.Recent;
import dev.sluice.piston.VersionSelector;
import dev.sluice.pool.PoolProperties.IdentifierMode;

/**
 * Selects the pools that can run an execution, by what they have.
 */
final class PoolSelector {

	private final List<SessionPool> pools;

	private final Catalogue catalogue;

	/** Whether one pool takes whatever comes. */
	private final boolean isAlone;

	private volatile Found found = new Found(0, new Recent<>());

	PoolSelector(List<SessionPool> pools, Catalogue catalogue) {
		this.pools = pools;
		this.catalogue = catalogue;
		this.isAlone = pools.size() == 1 && pools.getFirst().properties().languages().isEmpty();
	}

	/**
	 * The pools that can run an execution. Where there are several, those that have the
	 * very version that is the highest of all to fit: an execution must not run on
	 * another one by luck.
	 * @param execution the execution
	 * @return the pools
	 * @throws ExecutionFailure where there are none
	 */
	List<SessionPool> fitting(Execution execution) {
		if (this.isAlone && execution.terms().session() == null && !isDialogue(execution)) {
			return this.pools;
		}
		if (this.pools.size() == 1 || execution.terms().session() != null || isDialogue(execution)) {
			return find(execution);
		}
		return recent().find(execution.language(), execution.version(), () -> find(execution));
	}

	private List<SessionPool> find(Execution execution) {
		List<SessionPool> used = this.pools.stream().filter((pool) -> isUsedFor(pool, execution.language())).toList();
		if (isDialogue(execution)) {
			used = forDialogues(used);
		}
		if (execution.terms().session() != null) {
			used = List.of(keeper(execution, used));
		}
		if (this.pools.size() == 1 && !used.isEmpty()) {
			// Its adapter knows best.
			return used;
		}
		LanguageRuntime chosen = choose(execution, used);
		return used.stream().filter((pool) -> has(pool, chosen)).toList();
	}

	private static boolean isDialogue(Execution execution) {
		return execution.terms().delivery() == Delivery.DIALOGUE;
	}

	private static List<SessionPool> forDialogues(List<SessionPool> used) {
		List<SessionPool> fitting = used.stream().filter(SessionPool::takesDialogues).toList();
		if (fitting.isEmpty() && !used.isEmpty()) {
			throw ExecutionFailure.refused(FailureCode.UNSUPPORTED, "Pool '" + used.getFirst().name()
					+ "' is a plain Piston, so its programs can't be talked to: put Sluice's adapter before it");
		}
		return fitting;
	}

	/** One session is kept in one pool, the same each time. */
	private static SessionPool keeper(Execution execution, List<SessionPool> pools) {
		return pools.stream()
			.filter((pool) -> pool.properties().identifier() == IdentifierMode.STICKY)
			.max(Comparator.comparingInt((SessionPool pool) -> Objects.hash(pool.name(), execution.terms().client(),
					execution.terms().session())))
			.orElseThrow(() -> ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"X-Session-Id names a session, and there is no pool that keeps sessions for clients: leave it out"));
	}

	private LanguageRuntime choose(Execution execution, List<SessionPool> used) {
		try {
			return VersionSelector.choose(this.catalogue.union(used), execution.language(), execution.version());
		}
		catch (ExecutionFailure unknown) {
			List<String> silent = used.stream()
				.filter((pool) -> !this.catalogue.knows(pool))
				.map(SessionPool::name)
				.toList();
			if (silent.isEmpty()) {
				throw unknown;
			}
			throw ExecutionFailure
				.passing(FailureCode.POOL_UNAVAILABLE,
						"No pool that can be asked has " + execution.language() + "-" + execution.version()
								+ ", and it is not known what these have: " + String.join(", ", silent))
				.retryAfter(Catalogue.FIRST_PAUSE);
		}
	}

	private boolean isUsedFor(SessionPool pool, String language) {
		List<String> languages = pool.properties().languages();
		return languages.isEmpty() || languages.contains(language) || this.catalogue.runtimesOf(pool)
			.stream()
			.anyMatch((runtime) -> runtime.answersTo(language) && languages.stream().anyMatch(runtime::answersTo));
	}

	private boolean has(SessionPool pool, LanguageRuntime chosen) {
		return this.catalogue.runtimesOf(pool)
			.stream()
			.anyMatch((runtime) -> runtime.language().equals(chosen.language())
					&& runtime.version().equals(chosen.version()));
	}

	/** What was found before something was learnt is not true any more. */
	private Recent<List<SessionPool>> recent() {
		int edition = this.catalogue.edition();
		Found before = this.found;
		if (before.edition() == edition) {
			return before.pools();
		}
		Found now = new Found(edition, new Recent<>());
		this.found = now;
		return now.pools();
	}

	/** What was found in an edition of the catalogue. */
	private record Found(int edition, Recent<List<SessionPool>> pools) {
	}

}
