package dev.sluice.pool;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

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

	/** A session that a client named. */
	private static final class Named {

		private final Incarnation incarnation = new Incarnation();

		private int running;

		private long usedAt;

		private boolean aside;

		private boolean spoilt;

		boolean isIdle() {
			return this.running == 0 && !this.aside;
		}

	}

	private final SecretKeySpec secret;

	private final LeaseProperties properties;

	private final Refusals fullness;

	private final Quarantine quarantine;

	private final Sessions leased;

	private final LongSupplier nanos;

	private final Runnable onRoom;

	/** Those that the pool may still have. */
	private final Map<String, Named> named = new HashMap<>();

	private long all;

	/**
	 * Makes them.
	 * @param secret the key of the digest
	 * @param properties how many there may be, and for how long
	 * @param fullness tells whether the pool has room
	 * @param quarantine stops sessions
	 * @param leased gives sessions to who names none
	 * @param nanos the clock
	 * @param onRoom told when a session may have come free
	 */
	Sticky(String secret, LeaseProperties properties, Refusals fullness, Quarantine quarantine, Sessions leased,
			LongSupplier nanos, Runnable onRoom) {
		this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), DIGEST);
		this.properties = properties;
		this.fullness = fullness;
		this.quarantine = quarantine;
		this.leased = leased;
		this.nanos = nanos;
		this.onRoom = onRoom;
	}

	@Override
	public @Nullable Lease take(Execution execution) {
		String name = execution.terms().session();
		if (name == null) {
			return this.leased.take(execution);
		}
		String identifier = identifier(execution.terms().client(), name);
		Named session = begin(identifier);
		return (session != null)
				? new Lease(identifier, session.incarnation, (how) -> end(identifier, session, execution.id(), how))
				: null;
	}

	@Override
	public boolean hasRoomFor(Execution execution) {
		String name = execution.terms().session();
		return (name != null) ? hasRoomFor(identifier(execution.terms().client(), name))
				: this.leased.hasRoomFor(execution);
	}

	@Override
	public boolean hasRoomForSome(Execution execution) {
		return execution.terms().session() != null || this.leased.hasRoomForSome(execution);
	}

	@Override
	public void recycle() {
		this.leased.recycle();
		synchronized (this) {
			for (String identifier : List.copyOf(this.named.keySet())) {
				Named session = this.named.get(identifier);
				if (session != null && session.isIdle()) {
					stop(identifier, session);
				}
				else if (session != null) {
					session.spoilt = true;
				}
			}
		}
	}

	/** What a client keeps in a session of its own outlives this process. */
	@Override
	public List<String> leave() {
		return this.leased.leave();
	}

	@Override
	public boolean keepsWarm() {
		return true;
	}

	@Override
	public synchronized SessionCounts counts() {
		SessionCounts others = this.leased.counts();
		int aside = (int) this.named.values().stream().filter((session) -> session.aside).count();
		int running = (int) this.named.values().stream().filter((session) -> session.running > 0).count();
		int idle = (int) this.named.values().stream().filter(Named::isIdle).count();
		return new SessionCounts(running + others.leased(), idle + others.idle(), aside + others.quarantined(),
				this.all + others.allocated());
	}

	private synchronized boolean hasRoomFor(String identifier) {
		forgetCold();
		Named session = this.named.get(identifier);
		return (session != null) ? isOpen(session)
				: this.named.size() < this.properties.maxSessions() && this.fullness.allows();
	}

	private synchronized @Nullable Named begin(String identifier) {
		forgetCold();
		Named session = this.named.get(identifier);
		if (session == null) {
			if (this.named.size() >= this.properties.maxSessions() || !this.fullness.tryAsk()) {
				return null;
			}
			session = new Named();
			this.named.put(identifier, session);
			this.all++;
		}
		else if (!isOpen(session)) {
			return null;
		}
		session.running++;
		return session;
	}

	private boolean isOpen(Named session) {
		return !session.aside && !session.spoilt && session.running < this.properties.executionsPerSession();
	}

	/** The pool has let them go by itself. */
	private void forgetCold() {
		long now = this.nanos.getAsLong();
		this.named.values()
			.removeIf((session) -> session.isIdle() && now - session.usedAt >= this.properties.cooldown().toNanos());
	}

	private void end(String identifier, Named session, String execution, End how) {
		synchronized (this) {
			session.running--;
			session.usedAt = this.nanos.getAsLong();
			switch (how) {
				case WELL -> this.fullness.given();
				case CANCELLED -> {
					this.fullness.given();
					session.aside = true;
					this.quarantine.cancel(identifier, execution, () -> comeBack(session),
							() -> forget(identifier, session));
				}
				case BADLY -> {
					this.fullness.given();
					session.spoilt = true;
				}
				case REFUSED -> {
					this.fullness.refused();
					this.named.remove(identifier, session);
				}
				case UNSENT -> {
					// The session stays its client's.
				}
			}
			if (session.spoilt && session.isIdle()) {
				stop(identifier, session);
			}
		}
		this.onRoom.run();
	}

	private void stop(String identifier, Named session) {
		session.aside = true;
		this.quarantine.stop(identifier, () -> forget(identifier, session));
	}

	private void comeBack(Named session) {
		synchronized (this) {
			session.aside = false;
		}
		this.onRoom.run();
	}

	private void forget(String identifier, Named session) {
		synchronized (this) {
			this.named.remove(identifier, session);
		}
		this.onRoom.run();
	}

	/** The client's length keeps apart what would read the same when joined. */
	private String identifier(@Nullable String client, String name) {
		if (client == null) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"X-Session-Id is for clients that are known, as a session belongs to one client, and this gateway knows "
							+ "nobody: leave it out, or set sluice.clients.keys, sluice.clients.file or sluice.clients.jwt.issuer");
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
