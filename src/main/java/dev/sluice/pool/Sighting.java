package dev.sluice.pool;

import dev.sluice.execution.ExecutionFailure;
import org.jspecify.annotations.Nullable;

/**
 * What came back of a {@link Probe}.
 *
 * @param status the HTTP status
 * @param body the body's text, without the secrets that were sent
 * @param failure what it means; null where the status is 200
 */
public record Sighting(int status, String body, @Nullable ExecutionFailure failure) {
}
