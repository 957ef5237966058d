package dev.sluice.pool;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.pool.Lease.End;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that clients name, each for itself: the identifier is a keyed digest of client
 * and name, so that none reaches another's. Who names none gets a leased one.
 */
final class Sticky implements Sessions {

	private static final String DIGEST = "HmacSHA256";

	private final SecretKeySpec secret;

	private final Quarantine quarantine;

	private final Sessions leased;

	private final Runnable onRoom;

	private final Set<String> stopping = ConcurrentHashMap.newKeySet();

	private final AtomicInteger running = new AtomicInteger();

	private final LongAdder all = new LongAdder();

	/**
	 * Makes them.
	 * @param secret the key of the digest
	 * @param quarantine stops sessions
	 * @param leased gives sessions to who names none
	 * @param onRoom told when a session may have come free
	 */
	Sticky(String secret, Quarantine quarantine, Sessions leased, Runnable onRoom) {
		this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), DIGEST);
		this.quarantine = quarantine;
		this.leased = leased;
		this.onRoom = onRoom;
	}

	@Override
	public @Nullable Lease take(Execution execution) {
		String name = execution.terms().session();
		if (name == null) {
			return this.leased.take(execution);
		}
		String identifier = identifier(execution.terms().client(), name);
		if (this.stopping.contains(identifier)) {
			return null;
		}
		this.running.incrementAndGet();
		this.all.increment();
		return new Lease(identifier, (how) -> end(identifier, execution.id(), how));
	}

	@Override
	public boolean hasRoomFor(Execution execution) {
		String name = execution.terms().session();
		return (name != null) ? !this.stopping.contains(identifier(execution.terms().client(), name))
				: this.leased.hasRoomFor(execution);
	}

	@Override
	public void recycle() {
		this.leased.recycle();
	}

	@Override
	public SessionCounts counts() {
		SessionCounts others = this.leased.counts();
		return new SessionCounts(this.running.get() + others.leased(), others.idle(),
				this.stopping.size() + others.quarantined(), this.all.sum() + others.allocated());
	}

	private void end(String identifier, String execution, End how) {
		switch (how) {
			case CANCELLED -> {
				this.stopping.add(identifier);
				this.quarantine.cancel(identifier, execution, () -> comeBack(identifier), () -> comeBack(identifier));
			}
			case BADLY -> {
				this.stopping.add(identifier);
				this.quarantine.stop(identifier, () -> comeBack(identifier));
			}
			case UNSENT, REFUSED, WELL -> {
				// The session stays its client's.
			}
		}
		this.running.decrementAndGet();
	}

	private void comeBack(String identifier) {
		this.stopping.remove(identifier);
		this.onRoom.run();
	}

	/** The client's length keeps apart what would read the same when joined. */
	private String identifier(@Nullable String client, String name) {
		if (client == null) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"X-Session-Id is for clients that are known, as a session belongs to one client: leave it out");
		}
		try {
			Mac mac = Mac.getInstance(DIGEST);
			mac.init(this.secret);
			String text = client.length() + ":" + client + name;
			return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has " + DIGEST, ex);
		}
	}

}
