package dev.sluice.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which names are taken for settings, and what is said of the others.
 */
class UnknownSettingsTests {

	@ParameterizedTest
	@CsvSource({ "sluice.admision.queue, sluice.admission.queue",
			"sluice.pools[3].credential.tokenfil, sluice.pools[3].credential.token-file",
			"sluice.limits.languages.python.run-timout, sluice.limits.languages.python.run-timeout",
			"sluice.limits.languages[c++].run-timout, sluice.limits.languages[c++].run-timeout",
			"sluice.http.host, sluice.http.hosts", "sluice.clients.keys[0].hashes, sluice.clients.keys[0].hash" })
	void aMisspeltNameIsRefusedWithTheOneThatWasMeant(String wrong, String right) {
		assertThat(refused(new MapPropertySource("file", Map.of(wrong, "1"))))
			.containsExactly(wrong + " is no setting of Sluice: did you mean " + right + "?");
	}

	@ParameterizedTest
	@CsvSource({ "SLUICE_POOL_0_ENDPOINT, SLUICE_POOLS_0_ENDPOINT",
			"SLUICE_POOLS_12_CREDENTIAL_TOKEN_FIL, SLUICE_POOLS_12_CREDENTIAL_TOKENFILE",
			"SLUICE_RETRY_ATEMPTS, SLUICE_RETRY_ATTEMPTS" })
	void aMisspeltVariableIsRefusedWithTheOneThatWasMeant(String wrong, String right) {
		assertThat(refused(environment(wrong)))
			.containsExactly(wrong + " is no setting of Sluice: did you mean " + right + "?");
	}

	@Test
	void whatIsLikeNothingIsRefusedToo() {
		assertThat(refused(new MapPropertySource("file", Map.of("sluice.something.else.altogether", "1"))))
			.containsExactly(
					"sluice.something.else.altogether is no setting of Sluice: the README lists what there is");
		assertThat(refused(environment("SLUICE_SOMETHING_ELSE_ALTOGETHER"))).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "sluice.admission.max-in-flight", "sluice.admission.maxInFlight", "sluice.http.hosts",
			"sluice.http.hosts[0]", "sluice.pools[10].lease.max-sessions", "sluice.pools[0].languages[1]",
			"sluice.limits.languages.python.run-timeout", "sluice.limits.languages[c++].compile-memory",
			"sluice.emulator.faults.rates.full-404", "sluice.tracing.headers.x-api-key", "sluice.tracing.headers.a.b",
			"sluice.engine.languages.python.run-limits.wall-time", "sluice.engine.languages.python.version[0]",
			"sluice.adapter.piston-url", "sluice.clients.jwt.issuer", "server.port", "spring.whatever" })
	void whatThereIsMayBeSet(String name) {
		check(new MapPropertySource("file", Map.of(name, "1")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SLUICE_ADMISSION_MAXINFLIGHT", "SLUICE_ADMISSION_MAX_IN_FLIGHT", "SLUICE_HTTP_HOSTS",
			"SLUICE_HTTP_HOSTS_0", "SLUICE_POOLS_10_LEASE_MAX_SESSIONS", "SLUICE_POOLS_0_CREDENTIAL_TOKENFILE",
			"SLUICE_LIMITS_LANGUAGES_PYTHON_RUNTIMEOUT", "SLUICE_LIMITS_LANGUAGES_PYTHON_RUN_TIMEOUT",
			"SLUICE_EMULATOR_FAULTS_RATES_FULL", "SLUICE_TRACING_HEADERS_XAPIKEY", "SERVER_PORT" })
	void whatThereIsMayComeFromTheEnvironment(String variable) {
		check(environment(variable));
	}

	/** Those that Kubernetes sets for services called sluice, and sluice-gateway. */
	@ParameterizedTest
	@CsvSource({ "SLUICE_SERVICE_HOST, 10.0.0.11", "SLUICE_SERVICE_PORT, 80", "SLUICE_SERVICE_PORT_HTTP, 80",
			"SLUICE_PORT, tcp://10.0.0.11:80", "SLUICE_PORT_80_TCP, tcp://10.0.0.11:80",
			"SLUICE_PORT_80_TCP_PROTO, tcp", "SLUICE_PORT_80_TCP_PORT, 80", "SLUICE_PORT_80_TCP_ADDR, 10.0.0.11",
			"SLUICE_GATEWAY_PORT, tcp://[fd00::11]:80", "SLUICE_GATEWAY_PORT_80_TCP_ADDR, fd00::11",
			"SLUICE_GATEWAY_SERVICE_HOST, fd00::11" })
	void whatKubernetesSetsIsNoSetting(String variable, String value) {
		Map<String, Object> variables = new HashMap<>(Map.of("SLUICE_SERVICE_HOST", "10.0.0.11"));
		variables.put(variable, value);
		check(environment(variables));
	}

	@ParameterizedTest
	@CsvSource({ "SLUICE_PORT, 9998", "SLUICE_SERVER_PORT, 9999", "SLUICE_SERVICE_PORT, 80",
			"SLUICE_SERVICE_HOST, sluice.example", "SLUICE_PORT_80_TCP_ADDR, here", "SLUICE_PORT_80_TCP_PORT, http" })
	void whatOnlyLooksLikeAServicesVariableIsRefused(String variable, String value) {
		assertThat(refused(environment(Map.of(variable, value)))).singleElement()
			.asString()
			.startsWith(variable + " is no setting of Sluice");
	}

	@Test
	void whatIsEmptySetsNothing() {
		check(new MapPropertySource("file", Map.of("sluice.emulator.faults", "", "sluice.pools", "")));
	}

	private static SystemEnvironmentPropertySource environment(String variable) {
		return environment(Map.of(variable, "1"));
	}

	private static SystemEnvironmentPropertySource environment(Map<String, Object> variables) {
		return new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				variables);
	}

	private static List<String> refused(PropertySource<?> source) {
		WrongSettingsException wrong = assertThatExceptionOfType(WrongSettingsException.class)
			.isThrownBy(() -> check(source))
			.actual();
		return wrong.sentences();
	}

	private static void check(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment() {
			@Override
			protected void customizePropertySources(MutablePropertySources sources) {
				sources.addLast(source);
			}
		};
		new UnknownSettings().postProcessEnvironment(environment, new SpringApplication());
	}

}
