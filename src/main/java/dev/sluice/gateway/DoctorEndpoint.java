package dev.sluice.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.sluice.doctor.Doctor;
import dev.sluice.doctor.Finding;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/doctor}: what the doctor finds, by the name of the pool. Whoever asks
 * while it examines, or shortly after, gets the same findings.
 */
@Endpoint(id = "doctor")
final class DoctorEndpoint {

	private static final Duration LASTS = Duration.ofSeconds(10);

	private static final int AT_ONCE = 4;

	private final Mono<Map<String, List<Finding>>> findings;

	DoctorEndpoint(Chain chain, Doctor doctor) {
		this.findings = Flux.fromIterable(chain.all())
			.flatMap((pool) -> doctor.examine(pool).map((findings) -> Map.entry(pool.name(), findings)), AT_ONCE)
			.collectMap(Map.Entry::getKey, Map.Entry::getValue)
			.cache(LASTS);
	}

	@ReadOperation
	Mono<Map<String, List<Finding>>> examine() {
		return this.findings;
	}

}
