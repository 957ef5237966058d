package dev.sluice.http;

import java.util.List;

import dev.sluice.settings.WrongSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Says in a line why a process does not start, where that can be mended by who starts it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailures implements SpringBootExceptionReporter {

	private final @Nullable Environment environment;

	/**
	 * Makes the reporter.
	 * @param context what did not start; null where there is not even that
	 */
	StartFailures(@Nullable ConfigurableApplicationContext context) {
		this.environment = (context != null) ? context.getEnvironment() : null;
	}

	@Override
	public boolean reportException(Throwable failure) {
		List<String> sentences = sentences(failure);
		sentences.forEach((sentence) -> System.err.println("Sluice does not start: " + sentence));
		return !sentences.isEmpty();
	}

	private List<String> sentences(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof StartRefusedException refused) {
				return List.of(refused.getMessage() + " " + refused.action());
			}
			if (cause instanceof PortInUseException inUse) {
				return List.of(setting(inUse.getPort()) + " is " + inUse.getPort()
						+ ", but another process listens there: end that one, or set another port");
			}
		}
		return WrongSettings.sentences(failure,
				(this.environment != null) ? ConfigurationPropertySources.get(this.environment) : List.of());
	}

	private String setting(int port) {
		String management = "management.server.port";
		boolean isManagement = this.environment != null
				&& Integer.toString(port).equals(this.environment.getProperty(management));
		return isManagement ? management : "server.port";
	}

}
