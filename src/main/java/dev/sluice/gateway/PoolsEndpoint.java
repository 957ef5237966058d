package dev.sluice.gateway;

import java.util.List;

import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolReport;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/pools}: how the pools fare; a DELETE lets all of their sessions go,
 * each as soon as nothing runs in it.
 */
@Endpoint(id = "pools")
final class PoolsEndpoint {

	private final Chain chain;

	PoolsEndpoint(Chain chain) {
		this.chain = chain;
	}

	@ReadOperation
	List<PoolReport> pools() {
		return this.chain.all().stream().map(Pool::report).toList();
	}

	@DeleteOperation
	void recycle() {
		this.chain.all().forEach(Pool::recycle);
	}

}
