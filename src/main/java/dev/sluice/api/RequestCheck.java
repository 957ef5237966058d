package dev.sluice.api;

import java.time.Duration;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonOutline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Checks requests against the runtimes and the limits, before anything is asked of a
 * pool. Where the runtimes can't be had, what depends on them is left to whoever runs the
 * program.
 */
final class RequestCheck {

	private static final Logger logger = LoggerFactory.getLogger(RequestCheck.class);

	private static final Duration KNOWN_WITHIN = Duration.ofSeconds(2);

	/** Who can't say it now is not asked for each request. */
	private static final Duration NOT_ASKED_FOR = Duration.ofSeconds(5);

	private final RuntimeSource source;

	private final LimitsProperties limits;

	private final Choices choices;

	private volatile long notAskedUntil = System.nanoTime();

	RequestCheck(RuntimeSource source, LimitsProperties limits) {
		this.source = source;
		this.limits = limits;
		this.choices = new Choices(limits);
	}

	/**
	 * Checks a request (steps 5 to 8 of Piston's order).
	 * @param asked the request
	 * @return the limits that hold for it; an {@link ExecutionFailure} with
	 * {@link FailureCode#INVALID_REQUEST} where it is not right
	 */
	Mono<PistonLimits> check(PistonOutline asked) {
		List<LanguageRuntime> atHand = this.source.atHand();
		return (atHand != null) ? Mono.fromSupplier(() -> check(asked, atHand))
				: Mono.defer(this::known).map((runtimes) -> check(asked, runtimes));
	}

	private PistonLimits check(PistonOutline asked, List<LanguageRuntime> runtimes) {
		if (runtimes.isEmpty()) {
			return checkWithoutRuntime(asked);
		}
		Choices.Choice choice;
		try {
			choice = this.choices.choose(asked, runtimes);
		}
		catch (ExecutionFailure unknown) {
			if (this.source.isComplete()) {
				throw unknown;
			}
			return checkWithoutRuntime(asked);
		}
		asked.check(choice.runtime(), choice.most());
		return choice.most();
	}

	private PistonLimits checkWithoutRuntime(PistonOutline asked) {
		asked.checkWithoutRuntime();
		return this.limits.general();
	}

	/** None where they can't be had. */
	private Mono<List<LanguageRuntime>> known() {
		if (System.nanoTime() - this.notAskedUntil < 0) {
			return Mono.just(List.of());
		}
		return this.source.runtimes().timeout(KNOWN_WITHIN).defaultIfEmpty(List.of()).onErrorResume((error) -> {
			this.notAskedUntil = System.nanoTime() + NOT_ASKED_FOR.toNanos();
			logger.debug("The runtimes can't be had, so requests are not checked against them", error);
			return Mono.just(List.of());
		});
	}

}
