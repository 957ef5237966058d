package dev.sluice.execution;

import org.jspecify.annotations.Nullable;

/**
 * What is told of an execution that is over, to those who count, log and trace. There is
 * nothing in it of its program, its input and its arguments, and no secret.
 *
 * @param id the execution's id
 * @param trace the trace that it is part of
 * @param delivery how its answer was to come
 * @param client who asked; null where nobody knows, or it did not come to that
 * @param language the language as its client named it, which may be any text; null where
 * it did not come to that
 * @param outcome how it ended
 * @param code what failed; null where nothing did
 * @param timeline where its time went, which pool had it, and how often it was sent there
 * @param received how many bytes its request had, once it was whole
 * @param sent how many bytes its answer had, as far as it was read
 */
public record Report(String id, Trace trace, Delivery delivery, @Nullable String client, @Nullable String language,
		Outcome outcome, @Nullable FailureCode code, Timeline timeline, long received, long sent) {
}
