package dev.sluice.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.sluice.Processes;
import dev.sluice.RawServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PoolsEndpointTests {

	private static final String JSON = "Content-Type: application/json\n";

	private final Processes processes = new Processes();

	private final HttpClient client = HttpClient.newHttpClient();

	@AfterEach
	void close() throws Exception {
		this.processes.close();
		this.client.close();
	}

	@Test
	void aDeleteLetsAllSessionsGo() throws Exception {
		RawServer pool = this.processes.keep(new RawServer())
			.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]")
			.answers(200, JSON, "{\"run\":{\"stdout\":\"42\\n\"}}");
		ConfigurableApplicationContext gateway = this.processes.keep(Processes.process(GatewayProcess.class,
				GatewayProcess.DEFAULTS, Processes.pool(pool.address(), "--sluice.pools[0].identifier=lease")));
		String body = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"print(42)\"}]}";
		HttpRequest execute = request(Processes.address(gateway).resolve("/api/v2/execute"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		assertThat(send(execute).statusCode()).isEqualTo(200);
		URI pools = URI.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.management.port")
				+ "/actuator/pools");
		assertThat(send(request(pools).build()).body()).contains("\"idle\":1", "\"limit\":100");
		assertThat(send(request(pools.resolve("metrics/sluice.pool.limit?tag=pool:chain")).build()).body())
			.contains("\"value\":100.0");
		assertThat(send(request(pools.resolve("metrics/sluice.admission.admitted")).build()).body())
			.contains("\"value\":1.0");
		URI completed = pools.resolve("metrics/sluice.admission.ended?tag=outcome:completed");
		await().atMost(10, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(send(request(completed).build()).body()).contains("\"value\":1.0"));
		assertThat(send(request(pools).DELETE().build()).statusCode()).isEqualTo(204);
		await().atMost(10, TimeUnit.SECONDS).until(() -> pool.count("/.management/stopSession") == 1);
		await().atMost(10, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(send(request(pools).build()).body()).contains("\"idle\":0"));
	}

	private HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest.Builder request(URI address) {
		return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(20));
	}

}
