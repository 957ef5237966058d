package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import org.jspecify.annotations.Nullable;

/**
 * A request as far as it must be known to be checked, for who hands its bytes on. What is
 * in its files, its standard input and its arguments is skipped, however long it is; that
 * it is valid in the encoding that it names is for the one to say who decodes it.
 */
public final class PistonOutline {

	private final PistonRequest brief;

	private PistonOutline(PistonRequest brief) {
		this.brief = brief;
	}

	/**
	 * Reads a request in one pass, and checks it as far as it can be without knowing the
	 * runtimes (steps 1 to 4 of Piston's order).
	 * @param body the JSON, in UTF-8; may be empty; on the heap, and left as it is
	 * @return the outline
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} and a message
	 * that says what is wrong and where
	 */
	public static PistonOutline read(ByteBuffer body) {
		return new PistonOutline(new RequestReader(new BriefValues(body)).read(body));
	}

	/**
	 * Checks no more than that a body is JSON of a kind that a Piston lets in.
	 * @param body the JSON, in UTF-8; may be empty; on the heap, and left as it is
	 * @return the body
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where it is not
	 */
	public static ByteBuffer requireJson(ByteBuffer body) {
		new RequestReader(new BriefValues(body)).pass(body);
		return body;
	}

	/**
	 * The language as the client names it.
	 * @return a name or an alias
	 */
	public String language() {
		return this.brief.language();
	}

	/**
	 * The version selector as the client gave it.
	 * @return a semver range, maybe an invalid one
	 */
	public String version() {
		return this.brief.version();
	}

	/**
	 * How long the program may take, as far as the request says so.
	 * @param compile the time to compile where it does not; zero is no limit
	 * @param run the time to run where it does not; zero is no limit
	 * @return the time; null where there is no limit
	 */
	public @Nullable Duration time(Duration compile, Duration run) {
		return this.brief.time(compile, run);
	}

	/**
	 * Chooses the runtime (step 5 of Piston's order).
	 * @param runtimes the runtimes there are
	 * @return the runtime
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where there is
	 * none
	 */
	public LanguageRuntime choose(List<LanguageRuntime> runtimes) {
		return VersionSelector.choose(runtimes, language(), version());
	}

	/**
	 * Checks what is left (steps 6 to 8 of Piston's order).
	 * @param runtime the runtime that was chosen
	 * @param most the most that the request may ask for
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST}
	 */
	public void check(LanguageRuntime runtime, PistonLimits most) {
		this.brief.program(runtime, most);
	}

	/**
	 * Checks what is wrong with whatever runtime, where none is known.
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST}
	 */
	public void checkWithoutRuntime() {
		this.brief.checkWithoutRuntime();
	}

}
