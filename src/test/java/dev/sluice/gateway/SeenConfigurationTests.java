package dev.sluice.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.execution.Report;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Outcome;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import dev.sluice.execution.Trace;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is there by which setting, and how lines are written.
 */
class SeenConfigurationTests {

	private final ApplicationContextRunner context = new ApplicationContextRunner()
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new, (registry) -> registry.setPrimary(true))
		.withUserConfiguration(SeenConfiguration.class);

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.sluice.executions");

	private final CountDownLatch mayWrite = new CountDownLatch(1);

	private final List<ILoggingEvent> written = new ArrayList<>();

	private volatile boolean broken;

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			try {
				boolean _ = SeenConfigurationTests.this.mayWrite.await(10, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (SeenConfigurationTests.this.broken) {
				throw new LinkageError("An appender that is not whole");
			}
			SeenConfigurationTests.this.written.add(event);
		}

	};

	@BeforeEach
	void listen() {
		this.appender.start();
		this.logger.addAppender(this.appender);
		this.logger.setAdditive(false);
		this.logger.setLevel(ch.qos.logback.classic.Level.INFO);
	}

	@AfterEach
	void close() {
		this.mayWrite.countDown();
		this.logger.detachAppender(this.appender);
		this.logger.setAdditive(true);
		this.logger.setLevel(null);
	}

	@Test
	void whatIsNotAskedForIsNotThere() {
		this.context.withPropertyValues("sluice.tracing.endpoint=").run((seen) -> {
			assertThat(seen).hasSingleBean(ExecutionMetrics.class)
				.doesNotHaveBean(ExecutionLog.class)
				.doesNotHaveBean(ExecutionSpans.class);
			assertThat(seen.getBean(ObservationRegistry.class).isNoop()).isTrue();
			assertThat(seen.getBean(Observers.class).records(Ids.next())).isFalse();
		});
	}

	@ParameterizedTest
	@CsvSource({ "sluice.log.executions, true, x, x, true", "logging.structured.format.console, ecs, x, x, true",
			"logging.structured.format.file, logstash, x, x, true",
			"logging.structured.format.console, ecs, sluice.log.executions, false, false" })
	void linesAreWrittenWhereTheyAreWanted(String one, String its, String other, String itsToo, boolean written) {
		assertThat(OnExecutionLog.isWanted(new MockEnvironment().withProperty(one, its).withProperty(other, itsToo)))
			.isEqualTo(written);
	}

	@ParameterizedTest
	@CsvSource({ "sluice.tracing.endpoint=collector:4318, must be an http or https address",
			"sluice.tracing.sampling=2, sluice.tracing.sampling", "sluice.tracing.interval=0, sluice.tracing.interval",
			"sluice.tracing.timeout=-1s, sluice.tracing.timeout",
			"sluice.metrics.endpoint=ftp://x/, must be an http or https address",
			"sluice.log.max-pending=0, sluice.log.maxPending", "sluice.log.executions=maybe, sluice.log.executions" })
	void aWrongSettingIsNamed(String setting, String said) {
		this.context.withPropertyValues(setting)
			.run((seen) -> assertThat(seen).getFailure()
				.extracting(SeenConfigurationTests::messages)
				.asString()
				.contains(said));
	}

	@ParameterizedTest
	@CsvSource({ "0, false, false", "0.5, true, false", "1, true, true" })
	void aShareOfTracesIsRecorded(double sampling, boolean low, boolean high) {
		URI nowhere = URI.create("http://127.0.0.1:1/v1/traces");
		TracingProperties properties = new TracingProperties(nowhere, Map.of(), sampling, Duration.ofSeconds(5),
				Duration.ofSeconds(1), 512);
		try (ExecutionSpans spans = new ExecutionSpans("test", nowhere, properties)) {
			assertThat(spans.records("00000000000000000000000000000001")).isEqualTo(low);
			assertThat(spans.records("0000000000000000fffffffffffffff0")).isEqualTo(high);
		}
	}

	@Test
	void whatCanNotBeWrittenInTimeIsDroppedAndCounted() {
		try (ExecutionLog log = new ExecutionLog(LogLine.FIELDS, 2)) {
			for (int i = 0; i < 5; i++) {
				log.ended(report("python", null));
			}
			assertThat(log.dropped()).isEqualTo(3);
			this.mayWrite.countDown();
			await().atMost(10, TimeUnit.SECONDS).until(() -> {
				long before = log.dropped();
				log.ended(report("python", null));
				return log.dropped() == before;
			});
		}
		assertThat(this.written).hasSizeGreaterThanOrEqualTo(3);
	}

	@Test
	void aLineThatCanNotBeWrittenIsNotTheLastOne() {
		this.mayWrite.countDown();
		this.broken = true;
		try (ExecutionLog log = new ExecutionLog(LogLine.FIELDS, 100)) {
			log.ended(report("python", null));
			await().atMost(10, TimeUnit.SECONDS).until(() -> log.dropped() == 1);
			this.broken = false;
			log.ended(report("python", null));
		}
		assertThat(this.written).hasSize(1);
	}

	@Test
	void whatWaitsIsWrittenAtTheEnd() {
		this.mayWrite.countDown();
		try (ExecutionLog log = new ExecutionLog(LogLine.FIELDS, 100)) {
			for (int i = 0; i < 50; i++) {
				log.ended(report("python", null));
			}
		}
		await().atMost(5, TimeUnit.SECONDS).untilAsserted(() -> assertThat(this.written).hasSize(50));
	}

	@Test
	void withoutStructureTheMessageHasItAllOnOneLine() {
		this.mayWrite.countDown();
		LogLine.TEXT.write(this.logger, report("py\nexecution id=x", FailureCode.POOL_BROKE), 1_234_567);
		assertThat(this.written).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.matches("execution id=[0-9a-f]{32} trace=[0-9a-f]{32} span=[0-9a-f]{16} language=py\\?execution\\?id=x "
					+ "pool=chain delivery=events outcome=failed code=pool-broke attempts=1 pool_ms=[0-9.]+ "
					+ "total_ms=1.235 received_bytes=12 sent_bytes=34");
	}

	private static String messages(Throwable failure) {
		return Stream.iterate(failure, (one) -> one != null, Throwable::getCause)
			.map(Throwable::toString)
			.collect(Collectors.joining());
	}

	private static Report report(String language, @Nullable FailureCode code) {
		String id = Ids.next();
		Timeline timeline = new Timeline();
		timeline.goTo("chain");
		timeline.enter(Leg.POOL);
		timeline.leave();
		return new Report(id, Trace.begun(id, false), Delivery.EVENTS, null, language,
				(code != null) ? Outcome.FAILED : Outcome.VERDICT, code, timeline, 12, 34);
	}

}
