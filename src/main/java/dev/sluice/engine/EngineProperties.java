package dev.sluice.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The engine's settings.
 *
 * @param sandbox which sandbox to use; auto takes the strongest that works, and container
 * says that the container that this process runs in is one
 * @param concurrency how many programs run at once; 0 is as many as there are cores
 * @param queue how many programs may wait for their turn
 * @param maxWait how long a program may wait for its turn
 * @param path where a program's commands are looked for, as PATH
 * @param visible folders outside of /usr that programs may read under bubblewrap; none by
 * default
 * @param firstUid the first of the user ids, two for each program that runs at once, that
 * programs and who watches them get where the engine runs as root or its container is the
 * sandbox
 * @param folder where programs' files are kept while they run; the default is the
 * system's folder for temporary files
 * @param output how much a program may write to each of its two streams
 * @param processes how many processes and threads a program may have
 * @param openFiles how many files each of its processes may hold open
 * @param fileSize how large a file it may write
 * @param scratch how much it may write to its temporary folder in all
 * @param maxWallTime the most wall-clock or processor time that a stage gets, asked or
 * not
 * @param maxMemory the most memory that a stage gets, asked or not
 * @param compile what a compilation may use, where a language does not say otherwise
 * @param run what a run may use, where a language does not say otherwise
 * @param languages the languages to look for, by name
 */
@Validated
@ConfigurationProperties("sluice.engine")
record EngineProperties(@DefaultValue("auto") SandboxKind sandbox, @DefaultValue("0") @Min(0) int concurrency,
		@DefaultValue("256") @Min(0) int queue, @DefaultValue("30s") @PositiveOrZero Duration maxWait,
		@DefaultValue("/usr/local/bin:/usr/bin:/bin") String path, @DefaultValue List<Path> visible,
		@DefaultValue("60100") @Min(1) int firstUid, @Nullable Path folder,
		@DefaultValue("64KB") @PositiveOrZero DataSize output, @DefaultValue("64") @Min(1) int processes,
		@DefaultValue("2048") @Min(8) int openFiles, @DefaultValue("10MB") @PositiveOrZero DataSize fileSize,
		@DefaultValue("256MB") @PositiveOrZero DataSize scratch, @DefaultValue("60s") @Positive Duration maxWallTime,
		@DefaultValue("1GB") @Positive DataSize maxMemory, @DefaultValue @Valid CompileLimits compile,
		@DefaultValue @Valid RunLimits run, @DefaultValue Map<String, @Valid LanguageProperties> languages) {

	/** The sandboxes, of those that are found out the strongest first. */
	enum SandboxKind {

		/** The strongest that works. */
		AUTO,

		/** Namespaces and a private view of the file system, made by bubblewrap. */
		BUBBLEWRAP,

		/** Namespaces, made by unshare. */
		NAMESPACES,

		/** Limits of the kernel alone. */
		RLIMITS,

		/**
		 * Limits of the kernel and a user for each program, in a container that is itself
		 * the boundary, as its settings say and nothing finds out.
		 */
		CONTAINER

	}

	/**
	 * What a compilation may use.
	 *
	 * @param wallTime from its start to its end
	 * @param cpuTime processor time of all its processes
	 * @param memory memory of all its processes
	 */
	record CompileLimits(@DefaultValue("10s") @Positive Duration wallTime,
			@DefaultValue("10s") @Positive Duration cpuTime, @DefaultValue("1GB") @Positive DataSize memory) {
	}

	/**
	 * What a run may use.
	 *
	 * @param wallTime from its start to its end
	 * @param cpuTime processor time of all its processes
	 * @param memory memory of all its processes
	 */
	record RunLimits(@DefaultValue("3s") @Positive Duration wallTime, @DefaultValue("3s") @Positive Duration cpuTime,
			@DefaultValue("512MB") @Positive DataSize memory) {
	}

	/**
	 * A language. In its commands <code>{main}</code> is the main file,
	 * <code>{sources}</code> the main file and all others with the extension,
	 * <code>{class}</code> the class to run, behind its package, and
	 * <code>{memory}</code> the stage's memory limit in bytes.
	 *
	 * @param aliases its other names; none by default
	 * @param run the command that runs it; it must be set
	 * @param runtime the package that provides it, where one provides several languages
	 * @param version the command that prints its version, which must be set; a language
	 * for which it fails is not there
	 * @param extension what the main file's name must end in; it is added where it does
	 * not
	 * @param classes how its classes are found in a source file, where files or commands
	 * are named after them
	 * @param compile the command that compiles it; empty where there is none
	 * @param output how much it may write to each stream, where that is not the default,
	 * such as 64KB
	 * @param compileLimits what its compilation may use, where that is not the default
	 * @param runLimits what its run may use, where that is not the default
	 */
	@ConfigurationPropertiesSource
	record LanguageProperties(@DefaultValue List<String> aliases, @Nullable String runtime,
			@NotNull @NotEmpty List<String> version, @DefaultValue("") String extension,
			@Nullable @Valid ClassPatterns classes, @DefaultValue List<String> compile,
			@NotNull @NotEmpty List<String> run, @Nullable @PositiveOrZero DataSize output,
			@Nullable @Valid CompileLimits compileLimits, @Nullable @Valid RunLimits runLimits) {
	}

	/**
	 * How a language's classes are found, as regular expressions. They must not take a
	 * time that grows faster than the text.
	 *
	 * @param comment what is no code; it must be set
	 * @param open a class that the file must be called after; it must be set
	 * @param type where a class is declared; it must be set
	 * @param entry where a program begins, within its class; it must be set
	 * @param container where the package is named; it must be set
	 */
	record ClassPatterns(@NotNull String comment, @NotNull String open, @NotNull String type, @NotNull String entry,
			@NotNull String container) {
	}

	int slots() {
		return (this.concurrency > 0) ? this.concurrency : Runtime.getRuntime().availableProcessors();
	}

}
