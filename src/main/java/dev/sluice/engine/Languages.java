package dev.sluice.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.engine.EngineProperties.CompileLimits;
import dev.sluice.engine.EngineProperties.LanguageProperties;
import dev.sluice.engine.EngineProperties.RunLimits;
import dev.sluice.execution.LanguageRuntime;

/**
 * Finds the languages that run in the sandbox on this machine: those whose version
 * command works there.
 */
final class Languages {

	private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)*");

	private final Probe probe;

	private final EngineProperties properties;

	Languages(Probe probe, EngineProperties properties) {
		this.probe = probe;
		this.properties = properties;
	}

	/**
	 * Looks for each language of the settings.
	 * @param threads where to look for several at once
	 * @return those that are there, by name
	 */
	List<Language> find(ExecutorService threads) throws InterruptedException {
		List<Future<Optional<Language>>> searches = new ArrayList<>();
		for (Map.Entry<String, LanguageProperties> entry : this.properties.languages().entrySet()) {
			Callable<Optional<Language>> search = () -> find(entry.getKey(), entry.getValue());
			searches.add(threads.submit(search));
		}
		List<Language> found = new ArrayList<>();
		for (Future<Optional<Language>> search : searches) {
			found.addAll(result(search).stream().toList());
		}
		found.sort(Comparator.comparing((language) -> language.runtime().language()));
		return found;
	}

	private static Optional<Language> result(Future<Optional<Language>> search) throws InterruptedException {
		try {
			return search.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("A language could not be looked for", ex);
		}
	}

	private Optional<Language> find(String name, LanguageProperties entry) throws IOException, InterruptedException {
		Probe.Result result = this.probe.run(entry.version());
		Matcher version = VERSION.matcher(result.stdout() + result.stderr());
		if (!result.worked() || !version.find()) {
			return Optional.empty();
		}
		LanguageRuntime runtime = new LanguageRuntime(name, threeParts(version.group()), entry.aliases(),
				entry.runtime());
		CompileLimits compile = (entry.compileLimits() != null) ? entry.compileLimits() : this.properties.compile();
		RunLimits run = (entry.runLimits() != null) ? entry.runLimits() : this.properties.run();
		long output = ((entry.output() != null) ? entry.output() : this.properties.output()).toBytes();
		return Optional.of(new Language(runtime, entry,
				new Limits(compile.wallTime(), compile.cpuTime(), compile.memory().toBytes()),
				new Limits(run.wallTime(), run.cpuTime(), run.memory().toBytes()), output));
	}

	/** Piston's versions are semantic versions, so they have three parts. */
	private static String threeParts(String version) {
		List<String> parts = new ArrayList<>(List.of(version.split("\\.")));
		while (parts.size() < 3) {
			parts.add("0");
		}
		return String.join(".", parts.subList(0, 3));
	}

}
