package dev.sluice.gateway;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Whether there is a collector to send to. One that is empty is none, as it comes of an
 * environment's variable that is not set.
 */
abstract class OnEndpoint implements Condition {

	private final String property;

	private OnEndpoint(String property) {
		this.property = property;
	}

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return StringUtils.hasText(context.getEnvironment().getProperty(this.property));
	}

	/** One for spans. */
	static final class OfTraces extends OnEndpoint {

		OfTraces() {
			super("sluice.tracing.endpoint");
		}

	}

	/** One for metrics. */
	static final class OfMetrics extends OnEndpoint {

		OfMetrics() {
			super("sluice.metrics.endpoint");
		}

	}

}
