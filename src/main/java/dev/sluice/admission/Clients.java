package dev.sluice.admission;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.Client;
import dev.sluice.execution.Credentials;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Gate;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import io.github.bucket4j.TimeMeter;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The gate of the clients that are configured: knows them by their keys or tokens, and
 * lets each have what it may. Neither of them is kept, or told to anybody.
 */
public final class Clients implements Gate, AutoCloseable {

	private static final int MOST_REMEMBERED = 10_000;

	private static final String UNKNOWN = "This gateway serves the clients that it knows: ";

	private final ClientsProperties properties;

	private final Accounts accounts;

	private final @Nullable Issuer issuer;

	private final Limits tokens;

	private final @Nullable KeyFile file;

	private volatile KeyRing ring;

	/**
	 * Makes the gate.
	 * @param properties who may come in
	 * @param validator tells what is wrong with the file of keys
	 * @param looksEvery how often the file is looked at
	 */
	Clients(ClientsProperties properties, Validator validator, Duration looksEvery) {
		this.properties = properties;
		this.accounts = new Accounts(MOST_REMEMBERED, TimeMeter.SYSTEM_NANOTIME);
		this.ring = new KeyRing(properties.keys(), properties.defaults());
		JwtProperties jwt = properties.jwt();
		this.issuer = (jwt != null) ? new Issuer(jwt, new IssuerKeys(jwt), Clock.systemUTC()) : null;
		this.tokens = (jwt != null) ? jwt.limits().or(properties.defaults()) : properties.defaults();
		this.file = open(properties, validator, looksEvery);
	}

	/**
	 * Whether nobody is asked who he is, and nobody said that this is meant.
	 * @return whether it is for loopback only
	 */
	public boolean isOpenUnasked() {
		return this.properties.isForAll() && !this.properties.open();
	}

	/**
	 * Who may come in.
	 * @return a heading and words
	 */
	public String description() {
		if (this.properties.isForAll()) {
			return "clients    open: whoever reaches it may run programs";
		}
		List<String> who = new ArrayList<>();
		KeyRing keys = this.ring;
		if (keys.keys() > 0) {
			who.add(keys.keys() + " API key" + ((keys.keys() == 1) ? "" : "s") + " of " + keys.clients() + " client"
					+ ((keys.clients() == 1) ? "" : "s"));
		}
		JwtProperties jwt = this.properties.jwt();
		if (jwt != null) {
			who.add("JWT of " + jwt.issuer());
		}
		return "clients    " + String.join(", ", who);
	}

	/**
	 * Who asks. A key in {@code X-API-Key} goes first: it is for this gateway alone,
	 * while {@code Authorization} may be for something before it. A key may look like a
	 * token.
	 */
	@Override
	public Mono<Client> identify(Credentials credentials) {
		if (this.properties.isForAll()) {
			return Mono.just(Client.ANYONE);
		}
		String bearer = credentials.bearer();
		if (credentials.key() != null || bearer == null) {
			return byKey(credentials.key());
		}
		boolean token = this.issuer != null && Issuer.isToken(bearer) && this.ring.find(bearer) == null;
		return (this.issuer != null && token) ? this.issuer.identify(bearer) : byKey(bearer);
	}

	@Override
	public Pass admit(Client client) {
		return this.accounts.take(client, limits(client));
	}

	@Override
	public @Nullable Quota quota(Client client) {
		return this.accounts.quota(client, limits(client));
	}

	/**
	 * How many executions have a part of somebody's quota.
	 * @return the number, of the clients that have one
	 */
	public int running() {
		return this.accounts.running();
	}

	@Override
	public void close() {
		if (this.file != null) {
			this.file.close();
		}
	}

	private Mono<Client> byKey(@Nullable String key) {
		if (key == null) {
			return Mono.error(ExecutionFailure.refused(FailureCode.UNAUTHENTICATED,
					UNKNOWN + "send your key as Authorization: Bearer KEY or X-API-Key: KEY"
							+ ((this.issuer != null) ? ", or your token as Authorization: Bearer TOKEN" : "")));
		}
		Client client = this.ring.find(key);
		return (client != null) ? Mono.just(client) : Mono
			.error(ExecutionFailure.refused(FailureCode.UNAUTHENTICATED, UNKNOWN + "your key is none of theirs"));
	}

	private Limits limits(Client client) {
		String name = client.name();
		if (name == null) {
			return this.properties.defaults();
		}
		Limits known = this.ring.limits(name);
		return (known != null) ? known : this.tokens;
	}

	private @Nullable KeyFile open(ClientsProperties properties, Validator validator, Duration looksEvery) {
		if (properties.file() == null) {
			return null;
		}
		try {
			return new KeyFile(properties.file(), validator, looksEvery, this::use);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("sluice.clients.file", properties.file(),
					"the clients' keys can't be read there: " + ex.getMessage());
		}
	}

	private void use(List<KeyProperties> read) {
		List<KeyProperties> all = new ArrayList<>(this.properties.keys());
		all.addAll(read);
		if (!KeyRing.agree(all)) {
			throw new IllegalArgumentException("keys, with those of sluice.clients.keys, " + KeyRing.CLASH);
		}
		for (int i = 0; i < read.size(); i++) {
			if (!this.properties.isBurstOfARate(read.get(i))) {
				throw new IllegalArgumentException(
						"keys[" + i + "] has a burst, which bounds nothing without a rate: set its rate, too");
			}
		}
		this.ring = new KeyRing(all, this.properties.defaults());
	}

}
