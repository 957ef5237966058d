package dev.sluice.adapter;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import dev.sluice.execution.Answer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Sees to answers whose callers leave after they were made and before they are read.
 */
final class Unread {

	private Unread() {
	}

	/**
	 * Makes something of an answer, and discards the answer where nobody waits for that
	 * any more.
	 * @param <T> what is made
	 * @param answer the answer
	 * @param reply makes something of it, which takes it over once it is used
	 * @return what was made
	 */
	static <T> Mono<T> discarded(Mono<Answer> answer, Function<Answer, Mono<T>> reply) {
		return Mono.defer(() -> {
			AtomicReference<@Nullable Answer> made = new AtomicReference<>();
			return answer.doOnNext(made::set)
				.flatMap(reply)
				.doOnCancel(() -> discard(made.get()))
				.doOnDiscard(Answer.class, Answer::discard);
		});
	}

	private static void discard(@Nullable Answer answer) {
		if (answer != null) {
			answer.discard();
		}
	}

}
