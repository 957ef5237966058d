package dev.sluice.pool;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriComponentsBuilder;

/**
 * Where a pool's requests go: any path with an identifier goes to the same path of the
 * session's container (Azure Container Apps' documentation of custom container session
 * pools). A Piston takes the same ones, without identifier.
 */
final class Addresses {

	/** Of how many sessions the address is remembered. */
	private static final int REMEMBERED = 1000;

	private static final String IDENTIFIER = "identifier";

	private final PoolProperties properties;

	/** Where executions go without an identifier. */
	private final URI unnamed;

	/** The same, to be completed by one. */
	private final String execute;

	/** Where they go, by the identifier; as many as were used lately. */
	private final Map<String, URI> named = new ConcurrentHashMap<>();

	Addresses(PoolProperties properties) {
		this.properties = properties;
		this.unnamed = at(properties.executePath(), null, properties.sentApiVersion());
		this.execute = this.unnamed.toString();
	}

	/**
	 * Where an execution goes. A session is sent to time and again, and an address takes
	 * long to be made.
	 * @param identifier the identifier of its session; null sends none
	 * @return the address
	 */
	URI execution(@Nullable String identifier) {
		if (identifier == null) {
			return this.unnamed;
		}
		URI known = this.named.get(identifier);
		if (known != null) {
			return known;
		}
		if (this.named.size() >= REMEMBERED) {
			this.named.clear();
		}
		URI made = named(identifier);
		this.named.put(identifier, made);
		return made;
	}

	/** Where a session's container is asked for something. */
	URI container(String path, @Nullable String identifier) {
		return at(path, identifier, this.properties.sentApiVersion());
	}

	/** Where the pool is asked to do something to a session. */
	URI management(String path, String identifier) {
		return at(path, identifier, this.properties.managementApiVersion());
	}

	/** Any other address of the pool; an empty api-version is not sent. */
	URI at(String path, @Nullable String identifier, String apiVersion) {
		UriComponentsBuilder uri = UriComponentsBuilder.fromUri(this.properties.endpoint()).path(path);
		if (!apiVersion.isEmpty()) {
			uri.queryParam("api-version", apiVersion);
		}
		if (identifier != null) {
			uri.queryParam(IDENTIFIER, identifier);
		}
		return uri.build().encode().toUri();
	}

	/** An identifier has digits and letters alone, so nothing in it has to be encoded. */
	private URI named(String identifier) {
		return URI.create(this.execute + ((this.execute.indexOf('?') < 0) ? '?' : '&') + IDENTIFIER + '=' + identifier);
	}

}
