package dev.sluice.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatusCode;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

class HostRuleTests {

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "[::1]", "[::1]:8080",
			"gateway.internal:80", "Gateway.Internal" })
	void loopbackNamesAndNamedOnesAreServed(String host) {
		assertThat(status(true, host)).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1].evil.example",
			"evil.example:8080", "localhost@evil.example", "", "169.254.169.254" })
	void othersAreRefusedOnLoopback(String host) {
		assertThat(status(true, host)).isEqualTo(403);
		assertThat(status(false, host)).isEqualTo(200);
	}

	@Test
	void theRefusalNamesTheSetting() {
		client(true).get()
			.uri("/")
			.header("Host", "evil.example")
			.exchange()
			.expectBody()
			.jsonPath("$.message")
			.value(String.class, (message) -> assertThat(message).contains("sluice.http.hosts"));
	}

	@Test
	void anAddressIsLoopbackOnlyWhereNobodyElseReachesIt() throws UnknownHostException {
		assertThat(HostRule.isLoopback(InetAddress.getByAddress(new byte[] { 127, 0, 0, 2 }))).isTrue();
		assertThat(HostRule.isLoopback(InetAddress.getLoopbackAddress())).isTrue();
		assertThat(HostRule.isLoopback(InetAddress.getByAddress(new byte[4]))).isFalse();
		assertThat(HostRule.isLoopback(null)).isFalse();
	}

	private static int status(boolean onLoopback, String host) {
		HttpStatusCode status = client(onLoopback).get()
			.uri("/")
			.header("Host", host)
			.exchange()
			.returnResult(String.class)
			.getStatus();
		return status.value();
	}

	private static WebTestClient client(boolean onLoopback) {
		return WebTestClient
			.bindToRouterFunction(
					RouterFunctions.route().GET("/", (request) -> ServerResponse.ok().bodyValue("in")).build())
			.handlerStrategies(HandlerStrategies.builder()
				.webFilter(new HostRule(onLoopback, Set.of("gateway.internal")))
				.exceptionHandler(new FailureHandler())
				.build())
			.build();
	}

}
