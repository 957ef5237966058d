package dev.sluice.admission;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.execution.Client;
import org.jspecify.annotations.Nullable;

/**
 * The keys that are in force. It holds digests, and never a key.
 */
final class KeyRing {

	/** What is told where keys contradict each other. */
	static final String CLASH = "must name each key once, and keys of one name must have the same rate, burst and "
			+ "concurrency, as they are one client's";

	/** Digests, and whose they are. */
	private final List<Map.Entry<byte[], Client>> keys;

	private final Map<String, Limits> limits;

	/**
	 * Makes it.
	 * @param keys the keys, which {@linkplain #agree agree}
	 * @param defaults what clients may ask for by default
	 */
	KeyRing(List<KeyProperties> keys, Limits defaults) {
		this.keys = keys.stream().map((key) -> Map.entry(key.digest(), key.client())).toList();
		Map<String, Limits> limits = new HashMap<>();
		keys.forEach((key) -> limits.put(key.name(), key.limits().or(defaults)));
		this.limits = Map.copyOf(limits);
	}

	/** Whether no two of the keys contradict each other. */
	static boolean agree(List<KeyProperties> keys) {
		Set<ByteBuffer> digests = new HashSet<>();
		Map<String, Limits> limits = new HashMap<>();
		return keys.stream()
			.allMatch((key) -> digests.add(ByteBuffer.wrap(key.digest()))
					&& key.limits().equals(limits.computeIfAbsent(key.name(), (name) -> key.limits())));
	}

	/**
	 * Whose key a text is. All are compared, whole, whichever it is.
	 * @param text what a request shows
	 * @return the client; null where it is nobody's
	 */
	@Nullable Client find(String text) {
		byte[] digest = digest(text);
		Client found = null;
		for (Map.Entry<byte[], Client> key : this.keys) {
			if (MessageDigest.isEqual(key.getKey(), digest)) {
				found = key.getValue();
			}
		}
		return found;
	}

	/** What a client may ask for; null where it has no key here. */
	@Nullable Limits limits(String name) {
		return this.limits.get(name);
	}

	int keys() {
		return this.keys.size();
	}

	int clients() {
		return this.limits.size();
	}

	static byte[] digest(String text) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
