package dev.sluice.settings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ManagementAddressTests {

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@CsvSource({ "8082, 8083", "0, 0", "8082, 0" })
	void aPortOfItsOwnIsOnLoopback(String server, String management) {
		this.environment.withProperty("server.port", server).withProperty("management.server.port", management);
		assertThat(address()).isEqualTo("127.0.0.1");
	}

	@Test
	void anAddressThatIsSetIsKept() {
		this.environment.withProperty("server.port", "8082")
			.withProperty("management.server.port", "8083")
			.withProperty("management.server.address", "0.0.0.0");
		assertThat(address()).isEqualTo("0.0.0.0");
	}

	@Test
	void anEmptyOneSetsNothing() {
		this.environment.withProperty("server.port", "8082")
			.withProperty("management.server.port", "8083")
			.withProperty("management.server.address", "");
		assertThat(address()).isEqualTo("127.0.0.1");
	}

	@Test
	void theServersPortHasTheServersAddress() {
		this.environment.withProperty("server.port", "8082");
		assertThat(address()).isNull();
		this.environment.withProperty("management.server.port", "");
		assertThat(address()).isNull();
		this.environment.withProperty("management.server.port", "8082");
		assertThat(address()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "8082, 127.0.0.1", "8082, ''", "'', 127.0.0.1", "'', ''" })
	void itIsRefusedWhereItWouldShowAnActuatorThatIsKeptApart(String port, String address) {
		this.environment.withProperty("server.port", "8082")
			.withProperty("management.server.port", port)
			.withProperty("management.server.address", address);
		assertThatExceptionOfType(WrongSettingsException.class).isThrownBy(this::address)
			.withMessageContaining("give it another port");
	}

	private String address() {
		new ManagementAddress().postProcessEnvironment(this.environment, new SpringApplication());
		return this.environment.getProperty("management.server.address");
	}

}
