package dev.sluice.settings;

import java.util.List;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Keeps an actuator that has a port of its own on loopback, where no other address is set
 * for it: Spring Boot would have it listen on all. One that shares the server's port has
 * the server's address, and may be given none.
 */
public final class ManagementAddress implements EnvironmentPostProcessor, Ordered {

	private static final String PORT = "management.server.port";

	private static final String ADDRESS = "management.server.address";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		String port = environment.getProperty(PORT);
		if (port == null) {
			return;
		}
		// Two ports that the system chooses are two.
		boolean isShared = port.isBlank() || !port.equals("0") && port.equals(environment.getProperty("server.port"));
		if (isShared && environment.containsProperty(ADDRESS)) {
			throw new WrongSettingsException(
					List.of(PORT + " is " + (port.isBlank() ? "empty" : port + ", which is " + "server.port, too")
							+ ", and there an actuator can't have " + ADDRESS + ": give it another port"));
		}
		if (!isShared && !StringUtils.hasText(environment.getProperty(ADDRESS))) {
			environment.getPropertySources()
				.addFirst(new MapPropertySource("managementAddress", Map.of(ADDRESS, "127.0.0.1")));
		}
	}

}
