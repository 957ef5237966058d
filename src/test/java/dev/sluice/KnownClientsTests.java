package dev.sluice;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.sluice.admission.TestClients;
import dev.sluice.gateway.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway that knows its clients, as a process, before a pool in which each client may
 * name sessions of its own.
 */
@ExtendWith(OutputCaptureExtension.class)
class KnownClientsTests {

	private static final String PROGRAM = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"42\"}]}";

	private static final String ALICE = "key-of-alice-in-the-settings";

	private static final String BOB = "key-of-bob-in-the-file";

	private static final String TOKEN = "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9uZSJ9.eyJzdWIiOiJhbGljZSJ9.AAAA";

	@TempDir
	private Path folder;

	private URI gateway = URI.create("http://127.0.0.1:1");

	private final RawServer pool = new RawServer()
		.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]")
		.answers(200, "Content-Type: application/json\n",
				"{\"run\":{\"stdout\":\"42\"},\"language\":\"python\",\"version\":\"3.12.1\"}");

	@Test
	void aClientsOwnCredentialsStayHereAndItsSessionsAreItsOwn(CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.folder.resolve("keys.yaml"),
				"keys: [{name: bob, hash: 'sha256:" + TestClients.hash(BOB) + "', rate: 50, priority: batch}]");
		try (this.pool;
				ConfigurableApplicationContext process = Processes
					.process(GatewayProcess.class, GatewayProcess.DEFAULTS, Processes.pool(this.pool.address(),
							"--sluice.pools[0].identifier=sticky", "--sluice.pools[0].sticky-secret=0123456789abcdef",
							"--sluice.clients.file=" + file, "--sluice.clients.keys[0].name=alice",
							"--sluice.clients.keys[0].hash=" + TestClients.hash(ALICE),
							"--sluice.clients.jwt.issuer=http://127.0.0.1:1", "--sluice.clients.jwt.audience=sluice",
							"--logging.level.dev.sluice=debug", "--logging.level.org.springframework.web=debug",
							"--logging.level.org.springframework.security=debug",
							"--logging.level.reactor.netty=debug"))) {
			this.gateway = Processes.address(process);
			assertThat(output).contains("clients    2 API keys of 2 clients, JWT of http://127.0.0.1:1");
			assertThat(process.getBeanDefinitionNames()).noneMatch((name) -> name.contains("ecurityFilter"));
			int known = this.pool.count("POST /python/execute");
			String alices = session(200, "Authorization", "Bearer " + ALICE);
			assertThat(session(200, "X-API-Key", ALICE)).isEqualTo(alices);
			assertThat(session(200, "X-API-Key", BOB)).isNotEqualTo(alices);
			assertThat(session(401, "X-API-Key", "wrong-key-of-mallory")).isEmpty();
			assertThat(session(503, "Authorization", "Bearer " + TOKEN)).isEmpty();
			assertThat(this.pool.count("POST /python/execute")).isEqualTo(known + 3);
			assertThat(this.pool.requests())
				.allMatch((request) -> request.contains("Authorization: Bearer chain-token"));
			for (String secret : List.of(ALICE, BOB, TOKEN, "wrong-key-of-mallory", TestClients.hash(BOB))) {
				assertThat(this.pool.requests()).noneMatch((request) -> request.contains(secret));
				assertThat(output.getAll()).doesNotContain(secret);
			}
			assertThat(this.pool.requests()).noneMatch((request) -> request.contains("X-API-Key"));
		}
	}

	/** The session's identifier; empty where none was asked. */
	private String session(int status, String header, String value) throws Exception {
		int before = this.pool.requests().size();
		HttpResponse<String> answer = execute(header, value);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		return this.pool.requests()
			.stream()
			.skip(before)
			.filter((request) -> request.startsWith("POST /python/execute"))
			.findFirst()
			.map((request) -> request.replaceFirst("(?s).*identifier=([0-9a-f]+).*", "$1"))
			.orElse("");
	}

	private HttpResponse<String> execute(String header, String value) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(this.gateway.resolve("/api/v2/execute"))
				.header("Content-Type", "application/json")
				.header("X-Session-Id", "mine")
				.header(header, value)
				.timeout(Duration.ofSeconds(20))
				.POST(HttpRequest.BodyPublishers.ofString(PROGRAM))
				.build(), HttpResponse.BodyHandlers.ofString());
		}
	}

}
