package dev.sluice.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.doctor.Evidence.Tried;
import dev.sluice.doctor.Finding.State;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.pool.Pool;
import dev.sluice.pool.Probe;
import dev.sluice.pool.Sighting;
import dev.sluice.pool.TokenFacts;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Finds the link of a pool's chain that is broken, by executions of its own: in the
 * configured form, with a bad token, with each of identifier, api-version and path
 * changed alone, and, where nothing of that prints 42, with more of them changed
 * together.
 */
public final class Doctor {

	private static final Duration EACH_WITHIN = Duration.ofSeconds(15);

	/** For all forms in which as many links differ. */
	private static final Duration ALL_WITHIN = Duration.ofSeconds(20);

	/** Programs that print 42, by language. */
	private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

	static {
		PROGRAMS.put("python", "print(42)");
		PROGRAMS.put("bash", "echo 42");
		PROGRAMS.put("javascript", "console.log(42)");
	}

	/**
	 * Examines a pool, from its name to a program's output. It takes a minute and a half
	 * at most.
	 * @param pool the pool
	 * @return a finding for each link, in their order; never an error
	 */
	public Mono<List<Finding>> examine(Pool pool) {
		return Mono.fromCallable(() -> Network.examine(pool.endpoint()))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((network) -> isSound(network) ? examine(pool, network) : Mono.just(network))
			.map(Doctor::complete);
	}

	private static Mono<List<Finding>> examine(Pool pool, List<Finding> network) {
		return pool.authorise()
			.flatMap((token) -> gather(pool).map((evidence) -> behind(token(pool, token), evidence)))
			.onErrorResume(ExecutionFailure.class,
					(failure) -> Mono.just(List
						.of(Finding.broken(Link.of(failure.code()), failure.message(), Mend.of(failure.code())))))
			.map((judged) -> {
				List<Finding> findings = new ArrayList<>(network);
				findings.addAll(judged);
				return findings;
			});
	}

	private static List<Finding> behind(Finding token, Evidence evidence) {
		List<Finding> findings = new ArrayList<>();
		findings.add(token);
		findings.addAll(new Diagnosis(evidence).findings());
		return findings;
	}

	private static Finding token(Pool pool, TokenFacts token) {
		if (!pool.wantsToken()) {
			return Finding.sound(Link.TOKEN, "none is wanted");
		}
		return Finding.sound(Link.TOKEN,
				"obtained for " + pool.scope() + ((token.audience() != null) ? ", audience " + token.audience() : "")
						+ ((token.tenant() != null) ? ", tenant " + token.tenant() : "") + ", expires at "
						+ token.expiresAt());
	}

	private static Mono<Evidence> gather(Pool pool) {
		Probe probe = pool.probe();
		return execute(pool, probe).flatMap((configured) -> {
			if (isFutile(configured)) {
				return Mono.just(new Evidence(configured, null, List.of()));
			}
			Mono<Sighting> badToken = execute(pool, probe.withBadToken());
			Mono<List<Tried>> alone = tried(pool, Change.of(probe, 1)).collectList();
			return Mono.zip(badToken, alone)
				.map((seen) -> new Evidence(configured, pool.wantsToken() ? seen.getT1() : null, seen.getT2()));
		}).flatMap((evidence) -> goesOn(evidence) ? further(pool, evidence) : Mono.just(evidence));
	}

	/** More links together, up to the first form that works. */
	private static Mono<Evidence> further(Pool pool, Evidence evidence) {
		List<Change> changes = new ArrayList<>(Change.of(pool.probe(), 2));
		changes.addAll(Change.of(pool.probe(), 3));
		return tried(pool, changes).takeUntil((tried) -> Evidence.prints42(tried.seen())).collectList().map((more) -> {
			List<Tried> all = new ArrayList<>(evidence.tried());
			all.addAll(more);
			return new Evidence(evidence.configured(), evidence.badToken(), all);
		});
	}

	private static boolean goesOn(Evidence evidence) {
		return evidence.mended().isEmpty() && !evidence.tried().isEmpty();
	}

	private static Flux<Tried> tried(Pool pool, List<Change> changes) {
		return Flux.fromIterable(changes)
			.concatMap((change) -> execute(pool, change.probe()).map((seen) -> new Tried(change, seen)))
			.take(ALL_WITHIN);
	}

	/** Whether no other form of the request can tell more. */
	private static boolean isFutile(Sighting seen) {
		return seen.failure() != null && switch (seen.failure().code()) {
			case POOL_UNREACHABLE, POOL_TIMEOUT, POOL_BROKE, POOL_NOT_READY, TOKEN_UNAVAILABLE -> true;
			default -> false;
		};
	}

	/** In the first of the languages that is there. */
	private static Mono<Sighting> execute(Pool pool, Probe form) {
		return Flux.fromIterable(PROGRAMS.entrySet())
			.concatMap(
					(program) -> probe(pool, form.on("POST", form.path(), body(program.getKey(), program.getValue()))),
					1)
			.takeUntil((seen) -> !isUnknownRuntime(seen))
			.last();
	}

	private static Mono<Sighting> probe(Pool pool, Probe form) {
		return pool.probe(form)
			.timeout(EACH_WITHIN,
					Mono.error(() -> ExecutionFailure.broken(FailureCode.POOL_TIMEOUT, Executed.UNKNOWN,
							"No answer came within " + EACH_WITHIN.toSeconds() + " s")))
			.onErrorResume(ExecutionFailure.class, (failure) -> Mono.just(new Sighting(0, "", failure)));
	}

	private static boolean isUnknownRuntime(Sighting seen) {
		return seen.failure() != null && seen.failure().code() == FailureCode.INVALID_REQUEST;
	}

	private static String body(String language, String code) {
		return "{\"language\":\"" + language + "\",\"version\":\"*\",\"files\":[{\"content\":\"" + code + "\"}]}";
	}

	private static boolean isSound(List<Finding> findings) {
		return findings.stream().allMatch((finding) -> finding.state() == State.SOUND);
	}

	private static List<Finding> complete(List<Finding> findings) {
		List<Finding> complete = new ArrayList<>();
		for (Link link : Link.values()) {
			complete.add(findings.stream()
				.filter((finding) -> finding.link().equals(link.text()))
				.findFirst()
				.orElseGet(() -> Finding.unknown(link, "could not be told apart from what broke")));
		}
		return complete;
	}

}
