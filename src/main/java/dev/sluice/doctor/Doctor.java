package dev.sluice.doctor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.sluice.doctor.Finding.State;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.pool.Pool;
import dev.sluice.pool.Sighting;
import dev.sluice.pool.TokenFacts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Finds the link of a pool's chain that is broken, by executions of its own: each in a
 * session of its own, one after the other.
 */
public final class Doctor {

	private static final Logger logger = LoggerFactory.getLogger(Doctor.class);

	/**
	 * Examines a pool, from its name to a program's output. It takes three minutes at
	 * most, and the time that the token's issuer may take.
	 * @param pool the pool
	 * @return a finding for each link, in their order; never an error
	 */
	public Mono<List<Finding>> examine(Pool pool) {
		return Mono.fromCallable(() -> Network.examine(pool.endpoint()))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((network) -> isWhole(network) ? behind(pool, network) : Mono.just(network))
			.map(Doctor::complete)
			.onErrorResume((error) -> {
				logger.error("The examination of pool {} failed by a fault of ours", pool.name(), error);
				return Mono.just(complete(List.of()));
			});
	}

	private static Mono<List<Finding>> behind(Pool pool, List<Finding> network) {
		return pool.authorise()
			.flatMap((token) -> new Examination(pool).evidence().map((evidence) -> judge(pool, token, evidence)))
			.onErrorResume(ExecutionFailure.class,
					(failure) -> Mono.just(List.of(Finding.broken(Link.TOKEN, failure.message(),
							Mend.of(Sighting.nothing(failure), pool.setup())))))
			.map((judged) -> {
				List<Finding> findings = new ArrayList<>(network);
				findings.addAll(judged);
				return findings;
			});
	}

	private static List<Finding> judge(Pool pool, TokenFacts facts, Evidence evidence) {
		TokenCheck token = new TokenCheck(facts, pool.setup(), Instant.now());
		boolean works = evidence.mended().isPresent();
		List<Finding> findings = new ArrayList<>();
		findings.add(token.finding(works));
		if (!works && token.isSuspect() && evidence.configured().status() == 401) {
			findings.add(Finding.unknown(Link.AUTHORISED, "401, which is what such a token brings", null));
			return findings;
		}
		findings.addAll(new Diagnosis(evidence, pool.setup()).findings());
		return findings;
	}

	/** Whether the way goes on. */
	private static boolean isWhole(List<Finding> findings) {
		return findings.stream().noneMatch((finding) -> finding.state() == State.BROKEN);
	}

	/** What is broken stays so, whatever else was seen of the link. */
	private static List<Finding> complete(List<Finding> findings) {
		List<Finding> complete = new ArrayList<>();
		for (Link link : Link.values()) {
			complete.add(findings.stream()
				.filter((finding) -> finding.link().equals(link.text()))
				.min(Comparator.comparing((finding) -> finding.state() != State.BROKEN))
				.orElseGet(() -> Finding.unknown(link, "could not be told apart from what broke", null)));
		}
		return complete;
	}

}
