package dev.sluice;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.stream.Stream;

import dev.sluice.adapter.AdapterProcess;
import dev.sluice.emulator.EmulatorProcess;
import dev.sluice.gateway.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where actuators listen.
 */
@ExtendWith(OutputCaptureExtension.class)
class ActuatorTests {

	@ParameterizedTest
	@MethodSource("processes")
	void withAPortOfItsOwnItIsOnLoopbackAlone(Class<?> process, Map<String, Object> defaults) throws Exception {
		try (ConfigurableApplicationContext running = Processes.process(process, defaults,
				"--sluice.emulator.adapter-url=http://127.0.0.1:1", "--sluice.emulator.token=test-token")) {
			int port = running.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
			new Socket(InetAddress.getLoopbackAddress(), port).close();
			InetAddress other = InetAddress.ofLiteral("127.0.0.2");
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(other, port).close());
		}
	}

	@Test
	void aGatewaysDoesNotShareItsPort(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> Processes
					.process(GatewayProcess.class, GatewayProcess.DEFAULTS, "--server.port=8080",
							"--management.server.port=8080")
					.close());
		assertThat(output.getAll()).isEqualTo("Sluice does not start: management.server.port is 8080, which is "
				+ "server.port, too, and there an actuator can't have management.server.address: give it another port\n");
	}

	@Test
	void whereItSharesItsPortTheStartSaysSo(CapturedOutput output) throws Exception {
		String port = Integer.toString(Processes.freePort());
		Processes
			.process(AdapterProcess.class, AdapterProcess.DEFAULTS, "--server.port=" + port,
					"--management.server.port=" + port)
			.close();
		assertThat(output).contains("actuator   http://127.0.0.1:" + port + "/actuator");
	}

	private static Stream<Arguments> processes() {
		return Stream.of(Arguments.of(GatewayProcess.class, GatewayProcess.DEFAULTS),
				Arguments.of(AdapterProcess.class, AdapterProcess.DEFAULTS),
				Arguments.of(EmulatorProcess.class, EmulatorProcess.DEFAULTS));
	}

}
