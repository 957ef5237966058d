package dev.sluice.gateway;

import java.net.URI;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Report;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Observer;
import dev.sluice.execution.Outcome;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import dev.sluice.execution.Trace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * Sends a span for each execution to a collector, once it is over. Pools were told the
 * span's id while it ran, so what they send is found beneath it.
 */
final class ExecutionSpans implements Observer, AutoCloseable {

	private static final long CLOSED_WITHIN_SECONDS = 3;

	private final GivenIds ids = new GivenIds();

	private final double sampling;

	private final SdkTracerProvider provider;

	private final Tracer tracer;

	/**
	 * Makes it.
	 * @param service what this process is called
	 * @param endpoint where the collector is
	 * @param properties how it sends
	 */
	ExecutionSpans(String service, URI endpoint, TracingProperties properties) {
		this.sampling = properties.sampling();
		OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
			.setEndpoint(endpoint.toString())
			.setTimeout(properties.timeout());
		properties.headers().forEach((name, value) -> {
			OtlpHttpSpanExporterBuilder _ = exporter.addHeader(name, value);
		});
		this.provider = SdkTracerProvider.builder()
			.setResource(Resource.getDefault()
				.merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service))))
			.setIdGenerator(this.ids)
			// That was decided when it began.
			.setSampler(Sampler.alwaysOn())
			.addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
				.setScheduleDelay(properties.interval())
				.setExporterTimeout(properties.timeout())
				.setMaxQueueSize(properties.maxPending())
				.build())
			.build();
		this.tracer = this.provider.get("dev.sluice");
	}

	/** The id is random, so its last half decides as well as a draw. */
	@Override
	public boolean records(String trace) {
		long drawn = Long.parseUnsignedLong(trace, 16, 32, 16) >>> 1;
		return drawn < (long) (this.sampling * Long.MAX_VALUE);
	}

	@Override
	public void began() {
		// There is a span once it is over.
	}

	@Override
	public void ended(Report report) {
		if (!report.trace().isSampled()) {
			return;
		}
		Instant end = Instant.now();
		Span span = this.ids.with(report.trace(), () -> begin(report, end.minusNanos(report.timeline().totalNanos())));
		if (report.outcome() == Outcome.FAILED) {
			span.setStatus(StatusCode.ERROR);
		}
		span.end(end);
	}

	@Override
	public void close() {
		this.provider.shutdown().join(CLOSED_WITHIN_SECONDS, TimeUnit.SECONDS);
	}

	private Span begin(Report report, Instant since) {
		FailureCode code = report.code();
		Timeline timeline = report.timeline();
		SpanBuilder span = this.tracer.spanBuilder("execution")
			.setParent(parent(report.trace()))
			.setSpanKind(SpanKind.SERVER)
			.setStartTimestamp(since)
			.setAttribute("sluice.execution.id", report.id())
			.setAttribute("sluice.delivery", report.delivery().text())
			.setAttribute("sluice.outcome", report.outcome().text())
			.setAttribute("sluice.attempts", timeline.sent())
			.setAttribute("sluice.received.bytes", report.received())
			.setAttribute("sluice.sent.bytes", report.sent());
		tell(span, "sluice.code", (code != null) ? code.text() : null);
		tell(span, "sluice.client", report.client());
		tell(span, "sluice.language", report.language());
		tell(span, "sluice.pool", timeline.pool());
		for (Leg leg : Leg.values()) {
			long spent = timeline.nanos(leg);
			if (spent >= 0) {
				span.setAttribute("sluice." + leg.text() + ".ms", spent / 1_000_000.0);
			}
		}
		return span.startSpan();
	}

	private static void tell(SpanBuilder span, String name, @Nullable String value) {
		if (value != null) {
			span.setAttribute(name, value);
		}
	}

	private static Context parent(Trace trace) {
		String parent = trace.parent();
		if (parent == null) {
			return Context.root();
		}
		return Context.root()
			.with(Span.wrap(SpanContext.createFromRemoteParent(trace.id(), parent,
					TraceFlags.fromByte((byte) trace.flags()), TraceState.getDefault())));
	}

}
