package dev.sluice.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import com.azure.core.credential.TokenCredential;
import dev.sluice.piston.PistonOutline;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * Has the machine's other cores load what a gateway needs in any case, while one of them
 * starts it. Nothing depends on it.
 */
public final class Ahead implements Runnable {

	private static final byte[] REQUEST = "{\"language\":\"a\",\"version\":\"*\",\"files\":[{\"content\":\"\"}]}"
		.getBytes(StandardCharsets.UTF_8);

	private Ahead() {
	}

	/** Begins, on a thread of its own. */
	public static void start() {
		Thread _ = Thread.ofPlatform().daemon().name("ahead").start(new Ahead());
	}

	@Override
	public void run() {
		// Its jar is signed, and all of that is checked with the first of its classes.
		load(TokenCredential.class);
		load(new ReactorClientHttpConnector(HttpClient.create()));
		load(HttpServer.create());
		load(CircuitBreaker.ofDefaults("ahead"));
		load(PistonOutline.read(ByteBuffer.wrap(REQUEST)));
		new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).close();
	}

	/** It is there, and so are the classes that made it. */
	private static void load(Object done) {
		assert done != null;
	}

}
