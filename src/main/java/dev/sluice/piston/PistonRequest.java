package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.SourceFile;
import dev.sluice.execution.StageLimits;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /api/v2/execute}, checked as far as it can be without knowing
 * the runtimes (steps 1 to 4 of Piston's order). Messages are Piston's own where Piston
 * has one.
 */
public final class PistonRequest {

	private final String language;

	private final String version;

	private final List<PistonFile> files;

	private final @Nullable JsonNode args;

	private final @Nullable JsonNode stdin;

	private final Map<LimitName, JsonNode> limits;

	PistonRequest(String language, String version, List<PistonFile> files, @Nullable JsonNode args,
			@Nullable JsonNode stdin, Map<LimitName, JsonNode> limits) {
		this.language = language;
		this.version = version;
		this.files = List.copyOf(files);
		this.args = args;
		this.stdin = stdin;
		this.limits = limits;
	}

	/**
	 * Reads a request in one pass.
	 * @param body the JSON, in UTF-8; may be empty; on the heap, and left as it is
	 * @return the request
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} and a message
	 * that says what is wrong and where
	 */
	public static PistonRequest read(ByteBuffer body) {
		return new RequestReader(Values.WHOLE).read(body);
	}

	/**
	 * The language as the client names it.
	 * @return a name or an alias
	 */
	public String language() {
		return this.language;
	}

	/**
	 * The version selector as the client gave it.
	 * @return a semver range, maybe an invalid one
	 */
	public String version() {
		return this.version;
	}

	/**
	 * How long the program may take; null where there is no limit.
	 */
	@Nullable Duration time(Duration compile, Duration run) {
		Duration toCompile = time(LimitName.COMPILE_TIMEOUT, compile);
		Duration toRun = time(LimitName.RUN_TIMEOUT, run);
		return (toCompile != null && toRun != null) ? toCompile.plus(toRun) : null;
	}

	private @Nullable Duration time(LimitName name, Duration usual) {
		JsonNode value = this.limits.get(name);
		if (value == null || !value.isNumber()) {
			return usual.isZero() ? null : usual;
		}
		double millis = number(value);
		return (millis > 0 && millis < Integer.MAX_VALUE) ? Duration.ofMillis((long) millis) : null;
	}

	/**
	 * Checks what is left (steps 5 to 8 of Piston's order) and makes the program.
	 * @param runtimes the runtimes there are
	 * @param most the most that the request may ask for, of a runtime
	 * @return the program
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST}
	 */
	public Program program(List<LanguageRuntime> runtimes, Function<LanguageRuntime, PistonLimits> most) {
		LanguageRuntime runtime = VersionSelector.choose(runtimes, this.language, this.version);
		return program(runtime, most.apply(runtime));
	}

	/**
	 * The program for a runtime that was chosen (steps 6 to 8).
	 */
	Program program(LanguageRuntime runtime, PistonLimits most) {
		if (!"file".equals(runtime.language()) && this.files.stream().noneMatch(PistonFile::isUtf8)) {
			throw invalid("files must include at least one utf8 encoded file");
		}
		Map<LimitName, Double> asked = limits(most);
		return new Program(runtime, sources(), Arguments.of(this.args), input(),
				new StageLimits(time(asked, LimitName.COMPILE_TIMEOUT), time(asked, LimitName.COMPILE_CPU_TIME),
						memory(asked, LimitName.COMPILE_MEMORY_LIMIT)),
				new StageLimits(time(asked, LimitName.RUN_TIMEOUT), time(asked, LimitName.RUN_CPU_TIME),
						memory(asked, LimitName.RUN_MEMORY_LIMIT)));
	}

	/**
	 * Piston's order has the runtime first, so the bounds that go with it are left out.
	 */
	void checkWithoutRuntime() {
		limits(PistonLimits.UNLIMITED);
		sources();
		Arguments.of(this.args);
		input();
	}

	private List<SourceFile> sources() {
		List<SourceFile> sources = new ArrayList<>(this.files.size());
		for (int i = 0; i < this.files.size(); i++) {
			sources.add(this.files.get(i).source(i));
		}
		return sources;
	}

	private Map<LimitName, Double> limits(PistonLimits most) {
		Map<LimitName, Double> asked = new EnumMap<>(LimitName.class);
		for (LimitName name : LimitName.values()) {
			JsonNode value = this.limits.get(name);
			if (value == null || value.isNull()) {
				continue;
			}
			if (isZero(value)) {
				asked.put(name, 0.0);
			}
			else if (!isFalsy(value)) {
				asked.put(name, number(name, value, most.of(name)));
			}
		}
		return asked;
	}

	private static double number(LimitName name, JsonNode value, long most) {
		if (!value.isNumber()) {
			throw invalid("If specified, " + name.field() + " must be a number");
		}
		double number = number(value);
		if (most > 0 && number > most) {
			throw invalid(name.field() + " cannot exceed the configured limit of " + most);
		}
		if (most > 0 && number < 0) {
			throw invalid(name.field() + " must be non-negative");
		}
		return number;
	}

	private static @Nullable Duration time(Map<LimitName, Double> asked, LimitName name) {
		Double millis = asked.get(name);
		if (millis == null) {
			return null;
		}
		return (millis <= 0) ? StageLimits.NONE : Duration.ofMillis((long) Math.max(1, millis));
	}

	private static @Nullable Long memory(Map<LimitName, Double> asked, LimitName name) {
		Double bytes = asked.get(name);
		if (bytes == null) {
			return null;
		}
		return (bytes <= 0) ? StageLimits.UNBOUNDED : (long) Math.max(1, bytes);
	}

	private String input() {
		if (this.stdin == null || isFalsy(this.stdin) && !this.stdin.isNumber()) {
			return "\n";
		}
		if (!this.stdin.isString()) {
			throw invalid("stdin must be a string");
		}
		String text = this.stdin.stringValue();
		return text.endsWith("\n") ? text : text + "\n";
	}

	static boolean isFalsy(JsonNode value) {
		return value.isNull() || value.isBoolean() && !value.booleanValue()
				|| value.isString() && value.stringValue().isEmpty() || isZero(value);
	}

	private static boolean isZero(JsonNode value) {
		return value.isNumber() && number(value) == 0;
	}

	/** As JavaScript reads it: too large a number is infinite. */
	static double number(JsonNode value) {
		return Double.parseDouble(value.asString());
	}

	static ExecutionFailure invalid(String message) {
		return ExecutionFailure.refused(FailureCode.INVALID_REQUEST, message);
	}

}
