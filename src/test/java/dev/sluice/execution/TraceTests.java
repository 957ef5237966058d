package dev.sluice.execution;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Trace context, after the W3C's recommendation and the cases of its test suite.
 */
class TraceTests {

	private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String PARENT = "00f067aa0ba902b7";

	@ParameterizedTest
	@CsvSource({ "00, 00, 00", "00, 01, 01", "00, 03, 03", "00, fd, 01", "01, 01, 01", "cc, 00, 00" })
	void aTraceGoesOnWithASpanOfItsOwn(String version, String flags, String passedOn) {
		Trace trace = continued(version + "-" + ID + "-" + PARENT + "-" + flags, null);
		assertThat(trace.id()).isEqualTo(ID);
		assertThat(trace.parent()).isEqualTo(PARENT);
		assertThat(trace.traceparent()).matches("00-" + ID + "-[0-9a-f]{16}-" + passedOn).doesNotContain(PARENT);
		assertThat(trace.isSampled()).isEqualTo(passedOn.equals("01") || passedOn.equals("03"));
	}

	@Test
	void aLaterVersionMayGoOn() {
		assertThat(continued("01-" + ID + "-" + PARENT + "-01-what.else", null).parent()).isEqualTo(PARENT);
		assertThat(Trace.continued("01-" + ID + "-" + PARENT + "-01what.else", null)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "00", "00-" + ID, "00-" + ID + "-" + PARENT, "00-" + ID + "-" + PARENT + "-1",
			"ff-" + ID + "-" + PARENT + "-01", "0-" + ID + "-" + PARENT + "-001", "00-" + ID + "-" + PARENT + "-01-x",
			"00-" + ID + "-" + PARENT + "-0x", "00-00000000000000000000000000000000-" + PARENT + "-01",
			"00-" + ID + "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
			"00-4bf92f3577b34da6a3ce929d0e0e473g-" + PARENT + "-01", "00_" + ID + "_" + PARENT + "_01",
			"00-" + ID + "-" + PARENT + "-01,00-" + ID + "-" + PARENT + "-01" })
	void aMalformedOneIsNone(String header) {
		assertThat(Trace.continued(header, "a=1")).isNull();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 , b=2", "a=1,,b=2", "t1@sys=x y", "1a-_*/=~!" })
	void whatOthersNoteGoesOnWithIt(String state) {
		assertThat(continued("00-" + ID + "-" + PARENT + "-01", state).state()).isEqualTo(state);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a", "=1", "A=1", "a=1=2", "a=1,b", "a =1", "a=\u00e9", "a=1\nb=2", "@a=1" })
	void whatIsMalformedOfItIsLeftOut(String state) {
		Trace trace = continued("00-" + ID + "-" + PARENT + "-01", state);
		assertThat(trace.id()).isEqualTo(ID);
		assertThat(trace.state()).isNull();
	}

	@Test
	void soIsWhatIsTooLong() {
		assertThat(
				continued("00-" + ID + "-" + PARENT + "-01", "a=" + "1".repeat(250) + ",b=" + "1".repeat(250) + ",c=1")
					.state())
			.isNotNull();
		assertThat(continued("00-" + ID + "-" + PARENT + "-01",
				"a=" + "1".repeat(250) + ",b=" + "1".repeat(250) + ",c=12345")
			.state()).isNull();
		assertThat(continued("00-" + ID + "-" + PARENT + "-01", "a=1,".repeat(32) + "b=1").state()).isNull();
	}

	@Test
	void aNewTraceBearsTheExecutionsId() {
		String id = Ids.next();
		assertThat(Trace.begun(id, true).traceparent()).matches("00-" + id + "-[0-9a-f]{16}-01");
		assertThat(Trace.begun(id, false).traceparent()).endsWith("-00");
		assertThat(Trace.begun(id, false).parent()).isNull();
	}

	private static Trace continued(String parent, @Nullable String state) {
		return Objects.requireNonNull(Trace.continued(parent, state));
	}

}
