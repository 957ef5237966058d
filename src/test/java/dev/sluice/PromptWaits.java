package dev.sluice;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets waits of all tests end soon after what they wait for: by itself Awaitility looks
 * no more than ten times a second, and the tests wait many hundred times.
 */
public final class PromptWaits implements BeforeAllCallback {

	private static final Duration INTERVAL = Duration.ofMillis(20);

	@Override
	public void beforeAll(ExtensionContext context) {
		Awaitility.setDefaultPollInterval(INTERVAL);
	}

}
