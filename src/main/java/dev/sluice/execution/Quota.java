package dev.sluice.execution;

import java.time.Duration;

/**
 * What a client may ask for, as the {@code RateLimit} fields of the IETF's draft tell it.
 *
 * @param most how many requests it may make in a window
 * @param window the window
 * @param left how many it may make now
 * @param reset after what time it may make as many as ever again
 */
public record Quota(long most, Duration window, long left, Duration reset) {
}
