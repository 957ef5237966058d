package dev.sluice.execution;

import java.nio.ByteBuffer;

/**
 * One request to run a program, as it walks from the front door to a session.
 *
 * @param id names this execution in headers and logs, and is its trace's id unless its
 * client has begun one; random, never chosen by a client
 * @param language the language's name or alias, as the client gave it; empty in a
 * session, where only who runs the program reads the body
 * @param version the version selector, as the client gave it; empty there too
 * @param held the request in Piston's JSON, as the client wrote it
 * @param terms on what terms it is to run
 * @param timeline where its time goes
 * @param trace the trace that it is part of
 */
public record Execution(String id, String language, String version, RequestBody held, Terms terms, Timeline timeline,
		Trace trace) {

	/**
	 * An execution whose time begins now.
	 * @param id names it
	 * @param language the language's name or alias
	 * @param version the version selector
	 * @param body the request in Piston's JSON; it is not copied, and must not be changed
	 * @param terms on what terms it is to run
	 */
	public Execution(String id, String language, String version, ByteBuffer body, Terms terms) {
		this(id, language, version, new RequestBody().take(body), terms, new Timeline(), Trace.begun(id, false));
	}

	/**
	 * The body from its beginning, with a position of its own.
	 * @return a view that shares the bytes, on the heap
	 */
	public ByteBuffer body() {
		return this.held.bytes();
	}

	/**
	 * This execution on other terms.
	 * @param other the terms
	 * @return the execution, which shares the body
	 */
	public Execution on(Terms other) {
		return new Execution(this.id, this.language, this.version, this.held, other, this.timeline, this.trace);
	}

	@Override
	public String toString() {
		return "Execution[" + this.id + ", " + this.language + "-" + this.version + ", " + this.held.size() + " bytes]";
	}

}
