package dev.sluice.pool;

/**
 * A request to a pool that differs from an execution in what the doctor wants to know.
 *
 * @param method the HTTP method
 * @param path the path
 * @param body the JSON to send; empty sends none
 * @param identifier whether to send an identifier, which then is a new random one
 * @param apiVersion whether to send the api-version
 * @param badToken whether to send a token that nobody issued
 */
public record Probe(String method, String path, String body, boolean identifier, boolean apiVersion, boolean badToken) {

	/** The same on another path. */
	public Probe on(String method, String path, String body) {
		return new Probe(method, path, body, this.identifier, this.apiVersion, this.badToken);
	}

	/** The same with an identifier where there was none, and the other way round. */
	public Probe withOtherIdentifier() {
		return new Probe(this.method, this.path, this.body, !this.identifier, this.apiVersion, this.badToken);
	}

	/** The same with an api-version where there was none, and the other way round. */
	public Probe withOtherApiVersion() {
		return new Probe(this.method, this.path, this.body, this.identifier, !this.apiVersion, this.badToken);
	}

	/** The same with a token that nobody issued. */
	public Probe withBadToken() {
		return new Probe(this.method, this.path, this.body, this.identifier, this.apiVersion, true);
	}

}
