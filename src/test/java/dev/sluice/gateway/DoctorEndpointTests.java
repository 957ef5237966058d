package dev.sluice.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.sluice.RawServer;
import dev.sluice.doctor.Doctor;
import dev.sluice.doctor.Finding;
import dev.sluice.pool.Pools;
import dev.sluice.pool.TestPools;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorEndpointTests {

	@Test
	void whoeverAsksAtOnceOrShortlyAfterGetsTheSameFindings() {
		try (RawServer azure = new RawServer().answers(200, "Content-Type: application/json\n",
				"{\"run\":{\"stdout\":\"42\\n\"}}"); Pools pools = TestPools.at(azure.address())) {
			DoctorEndpoint endpoint = new DoctorEndpoint(new Chain(pools, null, List.of()), new Doctor());
			List<Map<String, List<Finding>>> all = Objects.requireNonNull(
					Flux.range(0, 20).flatMap((one) -> endpoint.examine()).collectList().block(Duration.ofSeconds(30)));
			int requests = azure.requests().size();
			assertThat(all).hasSize(20).allSatisfy((one) -> assertThat(one).isSameAs(all.getFirst()));
			assertThat(all.getFirst().get("test")).allMatch(Finding::isWell);
			assertThat(requests).isLessThan(20);
			endpoint.examine().block(Duration.ofSeconds(30));
			assertThat(azure.requests()).hasSize(requests);
		}
	}

}
