package dev.sluice.emulator;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

class SessionsTests {

	private static final Duration WITHIN = Duration.ofSeconds(5);

	@Test
	void stopsThatMeetDoNotEndTheNextSessionOfThatName() {
		Container container = new Container() {

			@Override
			public URI address() {
				return URI.create("http://127.0.0.1:1");
			}

			@Override
			public void close() {
				// There is none.
			}

		};
		try (Sessions sessions = new Sessions(TestEmulators.properties("ready", "0"), () -> container, new Stats(),
				Clock.systemUTC())) {
			for (int i = 0; i < 2000; i++) {
				visit(sessions);
				CyclicBarrier together = new CyclicBarrier(2);
				CompletableFuture<?> other = CompletableFuture.runAsync(() -> stop(sessions, together));
				stop(sessions, together);
				other.join();
				visit(sessions);
				assertThat(sessions.find("abcd")).as("round %d", i).isPresent();
			}
		}
	}

	private static void visit(Sessions sessions) {
		sessions.visit("abcd", (session) -> Mono.empty()).block(WITHIN);
	}

	private static void stop(Sessions sessions, CyclicBarrier together) {
		try {
			together.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		for (int i = 0; i < 3; i++) {
			sessions.stop("abcd");
		}
	}

}
