package dev.sluice.doctor;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import dev.sluice.doctor.Finding.State;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.pool.Pool;
import dev.sluice.pool.Probe;
import dev.sluice.pool.Sighting;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Finds the link of a pool's chain that is broken, by executions of its own. Where the
 * configured form does not print 42, it looks for the smallest change of it that does:
 * the links that had to be changed are broken, and the others hold. Where none does, the
 * pool's answer names the link, and what could not be told apart is unknown.
 */
public final class Doctor {

	private static final Duration WITHIN = Duration.ofSeconds(60);

	private static final Duration EACH_WITHIN = Duration.ofSeconds(20);

	/** Programs that print 42, by language. */
	private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

	static {
		PROGRAMS.put("python", "print(42)");
		PROGRAMS.put("bash", "echo 42");
		PROGRAMS.put("javascript", "console.log(42)");
	}

	/**
	 * Examines a pool, from its name to a program's output.
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
		List<Finding> findings = new ArrayList<>(network);
		return pool.authorise().flatMap((expiry) -> {
			findings.add(new Finding(Link.TOKEN.text(), State.SOUND, pool.wantsToken()
					? "obtained for " + pool.scope() + ", and expires at " + expiry : "none is wanted"));
			return execute(pool, pool.probe()).flatMap((seen) -> judge(pool, seen));
		}).timeout(WITHIN).onErrorResume((error) -> Mono.just(List.of(broken(error)))).map((judged) -> {
			findings.addAll(judged);
			return findings;
		});
	}

	private static Mono<List<Finding>> judge(Pool pool, Sighting seen) {
		if (prints42(seen)) {
			return pool.wantsToken() ? badToken(pool, Set.of(), null) : Mono.just(all(Set.of(), null, "not looked at"));
		}
		return Flux.fromIterable(Change.of(pool.probe()))
			.concatMap((change) -> execute(pool, change.probe()).onErrorComplete()
				.filter(Doctor::prints42)
				.map((works) -> change))
			.next()
			.flatMap((change) -> badToken(pool, change.links(), change))
			.switchIfEmpty(Mono.fromSupplier(() -> List.of(fromAnswer(seen))));
	}

	/** A pool that lets anybody in says nothing of who we are. */
	private static Mono<List<Finding>> badToken(Pool pool, Set<Link> broken, @Nullable Change change) {
		Probe probe = (change != null) ? change.probe() : pool.probe();
		return execute(pool, probe.withBadToken()).map(Sighting::status)
			.onErrorReturn(0)
			.map((status) -> all(broken, change, (status == 401) ? "let in, and a bad token is not"
					: "let in, as a bad token is too (" + status + ")"));
	}

	private static List<Finding> all(Set<Link> broken, @Nullable Change change, String authorised) {
		List<Finding> findings = new ArrayList<>();
		findings.add(new Finding(Link.AUTHORISED.text(), State.SOUND, authorised));
		findings.add(new Finding(Link.SESSIONS.text(), State.SOUND, "one was given"));
		for (Link link : List.of(Link.IDENTIFIER, Link.API_VERSION, Link.PATH)) {
			boolean wrong = broken.contains(link);
			findings.add(new Finding(link.text(), wrong ? State.BROKEN : State.SOUND,
					(wrong && change != null) ? change.mend(link) : "a program runs with it as it is configured"));
		}
		findings.add(new Finding(Link.ENGINE.text(), State.SOUND, "ran a program"));
		findings.add(new Finding(Link.STDOUT.text(), State.SOUND, "is 42"));
		return findings;
	}

	private static Finding fromAnswer(Sighting seen) {
		if (seen.failure() != null) {
			return broken(seen.failure());
		}
		String stdout = PistonAnswer.stdout(seen.body().getBytes(StandardCharsets.UTF_8));
		return (stdout != null)
				? new Finding(Link.STDOUT.text(), State.BROKEN,
						"is '" + stdout.strip() + "' of a program that prints 42: look at the session's image")
				: new Finding(Link.PATH.text(), State.BROKEN,
						"what answers is neither an adapter nor a Piston: check the pool's endpoint and path");
	}

	private static Finding broken(Throwable error) {
		if (error instanceof ExecutionFailure failure) {
			return new Finding(Link.of(failure.code()).text(), State.BROKEN, failure.message());
		}
		if (error instanceof TimeoutException) {
			return new Finding(Link.SESSIONS.text(), State.BROKEN, "no answer came in time");
		}
		return new Finding(Link.SESSIONS.text(), State.BROKEN, error.getClass().getSimpleName());
	}

	/** In the first of the languages that is there. */
	private static Mono<Sighting> execute(Pool pool, Probe form) {
		return Flux.fromIterable(PROGRAMS.entrySet())
			.concatMap((program) -> pool.probe(form.on("POST", form.path(), body(program.getKey(), program.getValue())))
				.timeout(EACH_WITHIN), 1)
			.takeUntil((seen) -> !isUnknownRuntime(seen))
			.last();
	}

	private static boolean isUnknownRuntime(Sighting seen) {
		return seen.failure() != null && seen.failure().code() == FailureCode.INVALID_REQUEST;
	}

	private static boolean prints42(Sighting seen) {
		return seen.status() == 200 && "42\n".equals(PistonAnswer.stdout(seen.body().getBytes(StandardCharsets.UTF_8)));
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
				.orElseGet(() -> new Finding(link.text(), State.UNKNOWN, "could not be told apart from what broke")));
		}
		return complete;
	}

}
