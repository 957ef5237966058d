package dev.sluice.pool;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The age of the token that a pool gets.
 *
 * @param since when it came
 * @param expires when it expires, by its issuer; null where it comes of the configuration
 */
public record TokenTimes(Instant since, @Nullable Instant expires) {
}
