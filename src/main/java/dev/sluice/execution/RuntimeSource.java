package dev.sluice.execution;

import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Something that can say which languages it runs.
 */
@FunctionalInterface
public interface RuntimeSource {

	/**
	 * The runtimes there are now.
	 * @return the runtimes; an {@link ExecutionFailure} where they can't be had
	 */
	Mono<List<LanguageRuntime>> runtimes();

	/**
	 * The runtimes there are now, where nobody has to be asked for them.
	 * @return the runtimes, the same list until something is learnt; null where they are
	 * to be had by {@link #runtimes()} only
	 */
	default @Nullable List<LanguageRuntime> atHand() {
		return null;
	}

	/**
	 * Whether there are no others: it may be that not everybody could be asked yet.
	 * @return whether what is not among them is unknown
	 */
	default boolean isComplete() {
		return true;
	}

}
