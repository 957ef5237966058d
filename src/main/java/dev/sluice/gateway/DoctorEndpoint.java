package dev.sluice.gateway;

import java.util.List;
import java.util.Map;

import dev.sluice.doctor.Doctor;
import dev.sluice.doctor.Finding;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/doctor}: what the doctor finds, by the name of the pool.
 */
@Endpoint(id = "doctor")
final class DoctorEndpoint {

	private final Chain chain;

	private final Doctor doctor;

	DoctorEndpoint(Chain chain, Doctor doctor) {
		this.chain = chain;
		this.doctor = doctor;
	}

	@ReadOperation
	Mono<Map<String, List<Finding>>> examine() {
		return Flux.fromIterable(this.chain.all())
			.flatMap((pool) -> this.doctor.examine(pool).map((findings) -> Map.entry(pool.name(), findings)))
			.collectMap(Map.Entry::getKey, Map.Entry::getValue);
	}

}
