package dev.sluice.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.load.Settings.Behind;
import org.jspecify.annotations.Nullable;

/**
 * The gateway that the load goes to: one that is there already, or one in a process of
 * its own that is started before the load, and ended behind it.
 */
final class Target implements AutoCloseable {

	private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);

	private static final Path LOG = Path.of("target", "gatling", "gateway.log");

	private final Settings settings;

	private final URI address;

	private final @Nullable URI management;

	private final List<StandInPool> pools = new ArrayList<>();

	private @Nullable Process process;

	Target(Settings settings) {
		this.settings = settings;
		if (settings.url() != null) {
			this.address = settings.url();
			this.management = settings.management();
		}
		else {
			this.address = freeAddress();
			this.management = freeAddress();
		}
	}

	URI address() {
		return this.address;
	}

	/**
	 * Where its actuator is.
	 * @return the address; null where nobody said
	 */
	@Nullable URI management() {
		return this.management;
	}

	/**
	 * Starts it, unless it is there already, and waits until it knows its runtimes.
	 */
	void start() {
		if (this.settings.url() != null) {
			return;
		}
		try {
			Files.createDirectories(LOG.getParent());
			ProcessBuilder gateway = new ProcessBuilder(command()).redirectErrorStream(true)
				.redirectOutput(LOG.toFile());
			// They are ours, and no settings of a gateway.
			gateway.environment().keySet().removeAll(Settings.VARIABLES);
			this.process = gateway.start();
			Runtime.getRuntime().addShutdownHook(new Thread(this.process::destroy));
			awaitRuntimes(this.process);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The gateway can't be started", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.destroy();
			try {
				if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
					this.process.destroyForcibly();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		this.pools.forEach(StandInPool::close);
	}

	private List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(Arrays.asList(System.getProperty("load.jvm-arguments", "").split(" ")));
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.sluice.Sluice", "gateway",
				"--server.port=" + this.address.getPort(), "--management.server.port=" + this.management.getPort()));
		command.addAll((this.settings.pool() == Behind.STAND_IN) ? standIns() : embedded());
		command.addAll(this.settings.arguments());
		command.removeIf(String::isEmpty);
		return command;
	}

	/** Programs that sleep take no processor, so that many may be there at once. */
	private List<String> embedded() {
		int most = Math.max(100, this.settings.users());
		return List.of("--sluice.engine.concurrency=" + most, "--sluice.engine.queue=" + most,
				"--sluice.engine.run.wall-time=30s", "--sluice.limits.run-timeout=30s",
				"--sluice.emulator.max-sessions=" + most);
	}

	/** One for each language, so that one can be full while the other is not. */
	private List<String> standIns() {
		List<String> arguments = new ArrayList<>();
		for (Language language : Language.values()) {
			StandInPool pool = new StandInPool(language, this.settings.sessions());
			String prefix = "--sluice.pools[" + this.pools.size() + "].";
			this.pools.add(pool);
			int believed = this.settings.believed();
			arguments.addAll(List.of(prefix + "name=" + Settings.word(language), prefix + "endpoint=" + pool.address(),
					prefix + "identifier=lease", prefix + "lease.max-sessions=" + believed,
					prefix + "max-connections=" + (believed + 100), prefix + "credential.kind=static",
					prefix + "credential.token=stand-in"));
		}
		return arguments;
	}

	private void awaitRuntimes(Process process) throws IOException, InterruptedException {
		HttpRequest question = HttpRequest.newBuilder(this.address.resolve("/api/v2/runtimes"))
			.timeout(Duration.ofSeconds(20))
			.build();
		long until = System.nanoTime() + STARTS_WITHIN.toNanos();
		try (HttpClient client = HttpClient.newHttpClient()) {
			while (System.nanoTime() < until && process.isAlive()) {
				if (isAnswered(client, question)) {
					return;
				}
				Thread.sleep(200);
			}
		}
		throw new IllegalStateException("The gateway did not start:\n" + Files.readString(LOG));
	}

	/** It lists what each of its pools runs. */
	private boolean isAnswered(HttpClient client, HttpRequest question) throws InterruptedException {
		try {
			HttpResponse<String> answer = client.send(question, HttpResponse.BodyHandlers.ofString());
			return answer.statusCode() == 200 && Arrays.stream(Language.values())
				.allMatch((language) -> answer.body().contains('"' + Settings.word(language) + '"'));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static URI freeAddress() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return URI.create("http://127.0.0.1:" + socket.getLocalPort());
		}
		catch (IOException ex) {
			throw new IllegalStateException("There is no free port", ex);
		}
	}

}
