package dev.sluice.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a 401 does to a token, wherever it comes from.
 */
class RefusedTokensTests {

	private final RawServer one = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
	}

	@TempDir
	private Path folder;

	@BeforeEach
	void acceptOnlyTheSecond() {
		this.one.answersBy((request) -> {
			if (!request.contains("Authorization: Bearer second")) {
				return Reply.whole(401, "", "");
			}
			return request.startsWith("GET ") ? Reply.whole(200, Calls.JSON, Calls.RUNTIMES)
					: Reply.whole(200, Calls.JSON, Calls.VERDICT);
		});
	}

	@Test
	void anExecutionGoesOnceMoreWithATokenThatIsTrulyAnother() throws IOException {
		Pools pools = pools("first");
		assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo("pool-unauthorized");
		assertThat(this.one.count("/execute")).isEqualTo(1);
		Pools later = pools("first");
		later.all().getFirst().authorise().block(Calls.WITHIN);
		write("second");
		assertThat(Calls.run(later, Calls.within(Duration.ofSeconds(20)))).isEqualTo(Calls.WELL);
		assertThat(Calls.report(later, 0).sent()).isEqualTo(2);
		assertThat(Calls.run(later, Calls.within(Duration.ofSeconds(20)))).isEqualTo(Calls.WELL);
		assertThat(Calls.report(later, 0).sent()).isEqualTo(3);
	}

	@Test
	void aQuestionForRuntimesDoesSoToo() throws IOException {
		Pools pools = pools("first");
		pools.all().getFirst().authorise().block(Calls.WITHIN);
		write("second");
		assertThat(pools.runtimes().block(Calls.WITHIN)).hasSize(1);
	}

	@Test
	void aSessionIsStoppedWithATokenThatIsTrulyAnother() throws IOException {
		Pools pools = pools("second");
		pools.all().getFirst().authorise().block(Calls.WITHIN);
		write("third");
		this.one.answersForManagement(Reply.whole(401, "", ""));
		assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo(Calls.WELL);
		await().atMost(10, TimeUnit.SECONDS)
			.until(() -> this.one.requests()
				.stream()
				.anyMatch((request) -> request.contains("stopSession")
						&& request.contains("Authorization: Bearer third")));
	}

	private Pools pools(String token) throws IOException {
		write(token);
		Pools pools = TestPools.at(this.one.address(), "identifier", "fresh", "credential.token", "",
				"credential.token-file", this.folder.resolve("token").toString(), "lease.cooldown", "1s");
		this.open.add(pools);
		return pools;
	}

	private void write(String token) throws IOException {
		Files.writeString(this.folder.resolve("token"), token);
	}

}
