package dev.sluice.doctor;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.sluice.doctor.Evidence.Tried;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.PistonRuntimes;
import dev.sluice.pool.Pool;
import dev.sluice.pool.Probe;
import dev.sluice.pool.Setup;
import dev.sluice.pool.Sighting;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks a pool in one form after the other: as configured, with a bad token, with each
 * link changed alone, and, where nothing of that prints 42, with more of them changed
 * together.
 */
final class Examination {

	private static final Duration EACH_WITHIN = Duration.ofSeconds(15);

	/** For all forms in which as many links differ. */
	private static final Duration ALL_WITHIN = Duration.ofSeconds(20);

	private final Pool pool;

	private final Setup setup;

	private final Set<Link> changeable;

	/** What may run in a session, as it says; all where it does not. */
	private volatile List<Program> programs = Arrays.asList(Program.values());

	/** The form that executions have, once the pool had its say on identifiers. */
	private volatile Probe form;

	Examination(Pool pool) {
		this.pool = pool;
		this.setup = pool.setup();
		this.form = this.setup.execution();
		this.changeable = this.setup.wantsToken() ? EnumSet.of(Link.IDENTIFIER, Link.API_VERSION, Link.PATH)
				: EnumSet.of(Link.PATH);
	}

	/**
	 * What is seen.
	 * @return the evidence
	 */
	Mono<Evidence> evidence() {
		return learnPrograms().then(Mono.defer(this::configured))
			.flatMap(this::inOtherForms)
			.flatMap(this::furtherChanged)
			.flatMap(this::confirmed);
	}

	private Mono<List<LanguageRuntime>> learnPrograms() {
		return probe(this.setup.runtimes()).flatMap(this::afterAsking)
			.mapNotNull(Examination::runtimes)
			.doOnNext((runtimes) -> {
				List<Program> fitting = Program.fitting(runtimes, this.setup.languages());
				this.programs = fitting.isEmpty() ? this.programs : fitting;
			});
	}

	/** As auto does it: the pool is asked again, with an identifier. */
	private Mono<Sighting> afterAsking(Sighting seen) {
		return asksForIdentifier(seen) ? probe(this.setup.runtimes().withOtherIdentifier()) : Mono.just(seen);
	}

	private Mono<Evidence> configured() {
		return execute(this.form).flatMap((seen) -> {
			if (!asksForIdentifier(seen)) {
				return Mono.just(new Evidence(seen, false, null, List.of()));
			}
			this.form = this.form.withOtherIdentifier();
			return execute(this.form).map((named) -> new Evidence(named, true, null, List.of()));
		});
	}

	private boolean asksForIdentifier(Sighting seen) {
		return this.setup.namesWhenAsked() && !this.form.identifier() && seen.failure() != null
				&& seen.failure().code() == FailureCode.POOL_IDENTIFIER_REQUIRED;
	}

	private Mono<Evidence> inOtherForms(Evidence evidence) {
		if (isUnreached(evidence.configured())) {
			return Mono.just(evidence);
		}
		Mono<Evidence> judged = this.setup.wantsToken()
				? execute(this.form.withBadToken())
					.map((bad) -> new Evidence(evidence.configured(), evidence.asked(), bad, List.of()))
				: Mono.just(evidence);
		return isMute(evidence.configured()) ? judged
				: judged.flatMap((known) -> withTried(known, Change.alone(this.form, this.changeable)));
	}

	/** More links together, up to the first form that works. */
	private Mono<Evidence> furtherChanged(Evidence evidence) {
		if (evidence.mended().isPresent() || evidence.tried().isEmpty()) {
			return Mono.just(evidence);
		}
		List<Change> changes = new ArrayList<>(Change.of(this.form, 2, this.changeable));
		changes.addAll(Change.of(this.form, 3, this.changeable));
		return withTried(evidence, changes);
	}

	/** Before a link is blamed: the configured form may only have had bad luck. */
	private Mono<Evidence> confirmed(Evidence evidence) {
		if (Evidence.prints42(evidence.configured()) || evidence.works().isEmpty()) {
			return Mono.just(evidence);
		}
		return execute(this.form)
			.map((again) -> new Evidence(again, evidence.asked(), evidence.badToken(), evidence.tried()));
	}

	private Mono<Evidence> withTried(Evidence evidence, List<Change> changes) {
		boolean mends = !evidence.tried().isEmpty();
		return Flux.fromIterable(changes)
			.concatMap((change) -> execute(change.probe()).map((seen) -> new Tried(change, seen)))
			.take(ALL_WITHIN)
			.takeUntil((tried) -> mends && Evidence.prints42(tried.seen()))
			.collectList()
			.map((more) -> {
				List<Tried> all = new ArrayList<>(evidence.tried());
				all.addAll(more);
				return new Evidence(evidence.configured(), evidence.asked(), evidence.badToken(), all);
			});
	}

	/** In the first of the languages that is there. */
	private Mono<Sighting> execute(Probe asked) {
		return Flux.fromIterable(this.programs)
			.concatMap((program) -> probe(asked.on("POST", asked.path(), program.request())), 1)
			.takeUntil((seen) -> !isUnknownRuntime(seen))
			.last();
	}

	private Mono<Sighting> probe(Probe asked) {
		return this.pool.probe(asked)
			.timeout(EACH_WITHIN,
					Mono.fromSupplier(() -> Sighting.nothing(ExecutionFailure.broken(FailureCode.POOL_TIMEOUT,
							Executed.UNKNOWN, "No answer came within " + EACH_WITHIN.toSeconds() + " s"))));
	}

	private static @Nullable List<LanguageRuntime> runtimes(Sighting seen) {
		return (seen.status() == 200) ? PistonRuntimes.read(seen.body().getBytes(StandardCharsets.UTF_8)) : null;
	}

	private static boolean isUnknownRuntime(Sighting seen) {
		return seen.failure() != null && seen.failure().code() == FailureCode.INVALID_REQUEST;
	}

	/** Whether there is nobody who could answer any form. */
	private static boolean isUnreached(Sighting seen) {
		return seen.failure() != null && switch (seen.failure().code()) {
			case POOL_UNREACHABLE, TOKEN_UNAVAILABLE -> true;
			default -> false;
		};
	}

	/** Whether no other form of the request can tell more, but for its token. */
	private static boolean isMute(Sighting seen) {
		return seen.failure() != null && switch (seen.failure().code()) {
			case POOL_TIMEOUT, POOL_BROKE, POOL_NOT_READY -> true;
			default -> false;
		};
	}

}
