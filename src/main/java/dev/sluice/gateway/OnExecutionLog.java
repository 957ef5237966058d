package dev.sluice.gateway;

import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Whether there is to be a line an execution in the log: where that is said, or else
 * where the log is structured, and so made for it.
 */
final class OnExecutionLog implements Condition {

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return isWanted(context.getEnvironment());
	}

	static boolean isWanted(Environment environment) {
		return Binder.get(environment)
			.bind("sluice.log.executions", Boolean.class)
			.orElseGet(() -> isStructured(environment));
	}

	static boolean isStructured(Environment environment) {
		return Stream.of("console", "file")
			.anyMatch((where) -> StringUtils.hasText(environment.getProperty("logging.structured.format." + where)));
	}

}
