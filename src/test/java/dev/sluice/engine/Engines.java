package dev.sluice.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.sluice.engine.EngineProperties.SandboxKind;
import dev.sluice.execution.Event;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.SourceFile;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;

import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.core.env.StandardEnvironment;

/**
 * Engines and programs for tests.
 */
public final class Engines {

	static final Duration WITHIN = Duration.ofSeconds(40);

	private Engines() {
	}

	/**
	 * Starts an engine with the languages of this machine.
	 * @param settings properties below {@code sluice.engine}
	 * @return the engine, to be closed
	 */
	public static Engine start(String... settings) {
		StandardEnvironment environment = new StandardEnvironment();
		TestPropertyValues.of(Stream.of(settings).map((setting) -> "sluice.engine." + setting)).applyTo(environment);
		ConfigDataEnvironmentPostProcessor.applyTo(environment);
		return Engine.start(Binder.get(environment).bindOrCreate("sluice.engine", EngineProperties.class));
	}

	/**
	 * The sandboxes of this machine: bubblewrap where it is installed, and the others,
	 * which every Linux system that tests run on is to have.
	 */
	static List<SandboxKind> sandboxes() {
		return Stream.of(SandboxKind.BUBBLEWRAP, SandboxKind.NAMESPACES, SandboxKind.RLIMITS)
			.filter((kind) -> kind != SandboxKind.BUBBLEWRAP || Files.exists(Path.of("/usr/bin/bwrap")))
			.toList();
	}

	static LanguageRuntime runtime(Engine engine, String name) {
		return engine.runtimes()
			.stream()
			.filter((runtime) -> runtime.answersTo(name))
			.findFirst()
			.orElseThrow(() -> new AssertionError("This machine has no " + name));
	}

	static SourceFile file(String name, String content) {
		return new SourceFile(name, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), true);
	}

	static Program program(Engine engine, String language, String code, String... args) {
		return new Program(runtime(engine, language), List.of(file("file0.code", code)), List.of(args), "\n",
				StageLimits.DEFAULT, StageLimits.DEFAULT);
	}

	static Program with(Program program, StageLimits run) {
		return new Program(program.runtime(), program.files(), program.args(), program.stdin(), program.compile(), run);
	}

	static Program with(Program program, String stdin) {
		return new Program(program.runtime(), program.files(), program.args(), stdin, program.compile(), program.run());
	}

	static Program with(Program program, SourceFile... files) {
		return new Program(program.runtime(), List.of(files), program.args(), program.stdin(), program.compile(),
				program.run());
	}

	/** A program's whole story, up to its verdict. */
	static List<Event> story(Engine engine, Program program) {
		return Objects.requireNonNull(engine.run(program).collectList().block(WITHIN));
	}

	/** A program's run, or its compilation where that failed. */
	static Ran run(Engine engine, Program program) {
		List<Event> story = story(engine, program);
		return Ran.of(story, story.contains(new Event.Began(Stage.RUN)) ? Stage.RUN : Stage.COMPILE);
	}

	static Ran compile(Engine engine, Program program) {
		return Ran.of(story(engine, program), Stage.COMPILE);
	}

	static Ran run(Engine engine, String language, String code, String... args) {
		return run(engine, program(engine, language, code, args));
	}

}
