package dev.sluice.execution;

import java.util.List;

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

}
