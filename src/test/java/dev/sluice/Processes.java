package dev.sluice;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.adapter.AdapterProcess;
import dev.sluice.emulator.EmulatorProcess;
import dev.sluice.gateway.GatewayProcess;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.awaitility.Awaitility.await;

/**
 * The processes of a test, on ports of their own; they end with it.
 */
public final class Processes implements AutoCloseable {

	private static final String LISTENS = "  listens    ";

	private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

	public URI gateway(String... args) {
		return address(keep(process(GatewayProcess.class, GatewayProcess.DEFAULTS, args)));
	}

	public URI adapter(String... args) {
		return address(keep(process(AdapterProcess.class, AdapterProcess.DEFAULTS, args)));
	}

	public URI emulator(String... args) {
		Stream<String> token = Stream.of("--sluice.emulator.token=chain-token");
		return address(keep(process(EmulatorProcess.class, EmulatorProcess.DEFAULTS,
				Stream.concat(Arrays.stream(args), token).toArray(String[]::new))));
	}

	public Own ownEmulatorProcess(int port, URI adapter) throws IOException {
		return ownProcess("emulator", "--server.port=" + port, "--sluice.emulator.token=chain-token",
				"--sluice.emulator.adapter-url=" + adapter);
	}

	/**
	 * A process of its own, since it is to be killed.
	 *
	 * @param process the process
	 * @param address where it listens
	 */
	public record Own(Process process, URI address) {
	}

	public Own ownProcess(String name, String... args) throws IOException {
		Stream<String> java = Stream.of(ProcessHandle.current().info().command().orElseThrow(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
				"dev.sluice.Sluice", name);
		Process process = new ProcessBuilder(Stream.concat(java, Arrays.stream(args)).toList())
			.redirectErrorStream(true)
			.start();
		keep(process::destroyForcibly);
		BufferedReader lines = process.inputReader();
		List<String> said = new ArrayList<>();
		await().atMost(40, TimeUnit.SECONDS).until(() -> {
			String line = lines.readLine();
			if (line == null) {
				throw new IllegalStateException("The process ended: " + String.join("\n", said));
			}
			said.add(line);
			return line.startsWith(LISTENS);
		});
		return new Own(process, URI.create(said.getLast().substring(LISTENS.length())));
	}

	public static ConfigurableApplicationContext process(Class<?> process, Map<String, Object> defaults,
			String... args) {
		Stream<String> ports = Stream.of("--server.port=0", "--management.server.port=0")
			.filter((port) -> Arrays.stream(args)
				.noneMatch((arg) -> arg.startsWith(port.substring(0, port.length() - 1))));
		return server(process, defaults).run(Stream.concat(ports, Arrays.stream(args)).toArray(String[]::new));
	}

	/** What {@code main} would run, with event loops that last longer than it. */
	public static SpringApplicationBuilder server(Class<?> process, Map<String, Object> defaults) {
		return Sluice.server(process, defaults).sources(LastingLoops.class);
	}

	public static String[] pool(URI endpoint, String... more) {
		Stream<String> settings = Stream.of("--sluice.pools[0].name=chain", "--sluice.pools[0].endpoint=" + endpoint,
				"--sluice.pools[0].credential.kind=static", "--sluice.pools[0].credential.token=chain-token");
		return Stream.concat(settings, Arrays.stream(more)).toArray(String[]::new);
	}

	public static URI address(ConfigurableApplicationContext process) {
		return URI.create("http://127.0.0.1:" + process.getEnvironment().getProperty("local.server.port"));
	}

	public static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	/** Closes something with the test, before what was there earlier. */
	public <T extends AutoCloseable> T keep(T closeable) {
		this.open.add(closeable);
		return closeable;
	}

	@Override
	public void close() {
		List<Exception> failures = new ArrayList<>();
		for (AutoCloseable closeable : this.open.reversed()) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				failures.add(ex);
			}
		}
		if (!failures.isEmpty()) {
			throw new IllegalStateException("Something of a test can't be closed", failures.getFirst());
		}
	}

}
