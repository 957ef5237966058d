package dev.sluice.doctor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import dev.sluice.doctor.Finding.State;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Terms;
import dev.sluice.http.Bodies;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.pool.Pool;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.util.unit.DataSize;

/**
 * Finds the link of a pool's chain that is broken, by one execution of its own.
 */
public final class Doctor {

	private static final Duration WITHIN = Duration.ofSeconds(60);

	private static final DataSize MOST = DataSize.ofMegabytes(1);

	/** Programs that print 42, by language. */
	private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

	static {
		PROGRAMS.put("python", "print(42)");
		PROGRAMS.put("bash", "echo 42");
		PROGRAMS.put("javascript", "console.log(42)");
	}

	private enum Link {

		TOKEN("obtained"), POOL("let us in, and gave us a session"),
		ADAPTER("something in the session answers executions"), ENGINE("ran a program, and its output is 42");

		private final String sound;

		Link(String sound) {
			this.sound = sound;
		}

		private String text() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Examines a pool, from the token to a program's output.
	 * @param pool the pool
	 * @return a finding for each link, in their order; never an error
	 */
	public Mono<List<Finding>> examine(Pool pool) {
		return pool.authorise()
			.flatMap((expiry) -> program(pool))
			.flatMap((execution) -> pool.execute(execution))
			.flatMap(Doctor::bytes)
			.map(Doctor::findings)
			.timeout(WITHIN)
			.onErrorResume((error) -> Mono.just(findings(error)));
	}

	/**
	 * A program in a language that the pool has. Where it can't be asked for its
	 * languages python is tried, since that question takes another path.
	 */
	private static Mono<Execution> program(Pool pool) {
		return pool.runtimes()
			.onErrorReturn(ExecutionFailure.class, List.of())
			.map((runtimes) -> PROGRAMS.keySet()
				.stream()
				.filter((language) -> runtimes.stream().anyMatch((runtime) -> runtime.answersTo(language)))
				.findFirst()
				.orElse("python"))
			.map(Doctor::execution);
	}

	private static Execution execution(String language) {
		String body = "{\"language\":\"" + language + "\",\"version\":\"*\",\"files\":[{\"content\":\""
				+ PROGRAMS.get(language) + "\"}]}";
		return new Execution(Ids.next(), language, "*", ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)),
				Terms.within(WITHIN));
	}

	private static Mono<byte[]> bytes(Answer answer) {
		return Bodies.join(answer.body(), MOST);
	}

	private static List<Finding> findings(byte[] answer) {
		String stdout = PistonAnswer.stdout(answer);
		if (stdout == null) {
			return findings(Link.ADAPTER, "answered something that is no Piston answer: check the pool's path");
		}
		return stdout.strip().equals("42") ? findings(null, "")
				: findings(Link.ENGINE, "ran a program that prints 42, and its output is '" + stdout.strip()
						+ "': look at the session's image");
	}

	private static List<Finding> findings(Throwable error) {
		if (error instanceof ExecutionFailure failure) {
			return findings(broken(failure.code()), failure.message());
		}
		if (error instanceof TimeoutException) {
			return findings(Link.POOL, "gave no answer within " + WITHIN.toSeconds() + " s");
		}
		return findings(Link.ADAPTER, "gave an answer that can't be read (" + error.getClass().getSimpleName() + ")");
	}

	private static List<Finding> findings(@Nullable Link broken, String seen) {
		List<Finding> findings = new ArrayList<>();
		for (Link link : Link.values()) {
			if (broken == null || link.compareTo(broken) < 0) {
				findings.add(new Finding(link.text(), State.SOUND, link.sound));
			}
			else if (link == broken) {
				findings.add(new Finding(link.text(), State.BROKEN, seen));
			}
			else {
				findings.add(new Finding(link.text(), State.UNKNOWN, "not reached"));
			}
		}
		return findings;
	}

	private static Link broken(FailureCode code) {
		return switch (code) {
			case TOKEN_UNAVAILABLE -> Link.TOKEN;
			case POOL_UNAUTHORIZED, POOL_FORBIDDEN, POOL_IDENTIFIER_REFUSED, POOL_REQUEST_REFUSED, POOL_FULL,
					POOL_UNREACHABLE, POOL_NOT_READY, POOL_TIMEOUT, POOL_BROKE, POOL_UNAVAILABLE, OVERLOADED,
					DEADLINE_EXCEEDED, NO_POOL ->
				Link.POOL;
			case POOL_PATH_NOT_FOUND, POOL_ANSWER_INVALID, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
					NOT_FOUND, HOST_REFUSED ->
				Link.ADAPTER;
			case INVALID_REQUEST, ENGINE_BUSY, SESSION_BUSY, ENGINE_UNAVAILABLE, SANDBOX_FAILED, INTERNAL ->
				Link.ENGINE;
		};
	}

}
