package dev.sluice.emulator;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;

/**
 * Emulated pools for tests.
 */
public final class TestEmulators {

	private TestEmulators() {
	}

	/**
	 * An emulated pool whose sessions all have the same container.
	 */
	public static final class TestEmulator implements AutoCloseable {

		private final Emulator emulator;

		private final int port;

		private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

		private DisposableServer server;

		private TestEmulator(Emulator emulator) {
			this.emulator = emulator;
			this.server = listen(0);
			this.port = this.server.port();
		}

		public URI address() {
			return URI.create("http://127.0.0.1:" + this.port);
		}

		/** Breaks all connections, and accepts none; the sessions go on. */
		public void goDown() {
			// The one that listens is among them. To wait for more is in vain where a
			// gateway has ended since.
			this.connections.close().syncUninterruptibly();
			this.server.dispose();
		}

		/** Listens again where it did. */
		public void comeBack() {
			this.server = listen(this.port);
		}

		/**
		 * How many connections clients have to it.
		 * @return the number
		 */
		public int connections() {
			return (int) this.connections.stream().filter((channel) -> channel.parent() != null).count();
		}

		@Override
		public void close() {
			goDown();
			this.emulator.close();
		}

		private DisposableServer listen(int at) {
			return HttpServer.create()
				.host("127.0.0.1")
				.port(at)
				.channelGroup(this.connections)
				.handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(this.emulator.routes())))
				.bindNow(Duration.ofSeconds(5));
		}

	}

	/**
	 * Starts a pool that accepts {@code test-token}.
	 * @param container what runs in its sessions
	 * @param settings names and values of further properties, by turns
	 * @return the pool
	 */
	public static TestEmulator before(URI container, String... settings) {
		Emulator emulator = Emulator.create(properties(settings), "test-token", () -> new Container() {

			@Override
			public URI address() {
				return container;
			}

			@Override
			public void close() {
				// It is the test's.
			}

		}, Clock.systemUTC());
		return new TestEmulator(emulator);
	}

	static EmulatorProperties properties(String... settings) {
		Map<String, String> properties = new HashMap<>();
		for (int i = 0; i < settings.length; i += 2) {
			properties.put("sluice.emulator." + settings[i], settings[i + 1]);
		}
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("sluice.emulator",
				EmulatorProperties.class);
	}

}
