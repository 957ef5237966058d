package dev.sluice.http;

import java.util.List;
import java.util.function.Supplier;

import dev.sluice.settings.Sources;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * What a process says of itself once it serves.
 */
public final class StartupBlock implements ApplicationListener<ApplicationReadyEvent> {

	private final String process;

	private final Supplier<List<String>> lines;

	/**
	 * Makes the block.
	 * @param process the process's name
	 * @param lines a heading and what there is to say of it, a line each
	 */
	public StartupBlock(String process, Supplier<List<String>> lines) {
		this.process = process;
		this.lines = lines;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		ConfigurableEnvironment environment = event.getApplicationContext().getEnvironment();
		StringBuilder block = new StringBuilder("Sluice ").append(this.process);
		String address = environment.getProperty("server.address", "0.0.0.0");
		block.append("\n  listens    http://")
			.append(address)
			.append(':')
			.append(environment.getProperty("local.server.port", "?"));
		if (environment.containsProperty("management.server.port")) {
			block.append("\n  actuator   http://")
				.append(environment.getProperty("management.server.address", address))
				.append(':')
				.append(environment.getProperty("local.management.port", "none"))
				.append("/actuator");
		}
		this.lines.get().forEach((line) -> block.append("\n  ").append(line));
		List<String> sources = Sources.of(environment);
		block.append("\n  settings   ").append(sources.isEmpty() ? "defaults" : String.join(", ", sources));
		System.out.println(block);
	}

}
