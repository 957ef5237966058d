package dev.sluice.pool;

/**
 * What came back of a {@link Probe}.
 *
 * @param status the HTTP status
 * @param fromAdapter whether an adapter of ours wrote it
 * @param body the body's text, without the secrets that were sent
 */
public record Sighting(int status, boolean fromAdapter, String body) {
}
