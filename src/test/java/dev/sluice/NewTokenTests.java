package dev.sluice;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.sluice.emulator.TestEmulators;
import dev.sluice.emulator.TestEmulators.TestEmulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pool that does not accept a token any more, and a credential that has another one.
 */
class NewTokenTests {

	private final Processes processes = new Processes();

	private final HttpClient client = HttpClient.newHttpClient();

	private final RawServer container = this.processes.keep(new RawServer())
		.answersForRuntimes("[]")
		.answers(200, "Content-Type: application/json\n", "{\"run\":{\"stdout\":\"42\\n\"}}");

	private final TestEmulator azure = this.processes.keep(TestEmulators.before(this.container.address()));

	@AfterEach
	void close() {
		this.processes.close();
		this.client.close();
	}

	@Test
	void aRefusedTokenIsReplacedByAnotherAndTheExecutionRunsOnce(@TempDir Path folder) throws Exception {
		Path token = Files.writeString(folder.resolve("token"), "test-token");
		URI gateway = this.processes.gateway("--sluice.pools[0].endpoint=" + this.azure.address(),
				"--sluice.pools[0].credential.kind=static", "--sluice.pools[0].credential.token-file=" + token);
		assertThat(execute(gateway).statusCode()).isEqualTo(200);
		expire("another");
		Files.writeString(token, "another");
		HttpResponse<String> answer = execute(gateway);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.body()).contains("42");
		assertThat(this.container.count("/execute")).isEqualTo(2);
		// The file still has the one of before, which is no other.
		expire("a third");
		HttpResponse<String> refused = execute(gateway);
		assertThat(refused.statusCode()).isEqualTo(502);
		assertThat(refused.body()).contains("\"code\":\"pool-unauthorized\"", "\"executed\":\"no\"");
		assertThat(this.container.count("/execute")).isEqualTo(2);
	}

	private void expire(String next) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.azure.address().resolve("/.emulator/token"))
			.header("Authorization", "Bearer test-token")
			.PUT(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + next + "\"}"))
			.build();
		assertThat(this.client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(204);
	}

	private HttpResponse<String> execute(URI gateway) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/api/v2/execute"))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofSeconds(30))
			.POST(HttpRequest.BodyPublishers
				.ofString("{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"print(42)\"}]}"))
			.build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

}
