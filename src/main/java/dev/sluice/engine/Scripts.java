package dev.sluice.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Our Perl scripts, which are handed to {@code perl -e}.
 */
final class Scripts {

	private Scripts() {
	}

	static String read(String name) {
		try (InputStream script = Scripts.class.getResourceAsStream(name)) {
			if (script == null) {
				throw new IllegalStateException(name + " is missing");
			}
			return new String(script.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
