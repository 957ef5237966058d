package dev.sluice.api;

import java.time.Duration;

import dev.sluice.execution.Deadline;
import dev.sluice.settings.Words;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long an execution may take, with all that it waits for.
 *
 * @param slack the time for all else: the queue, a session's allocation, the way
 * @param most the most that there is, whatever is asked for
 */
@Validated
@ConfigurationProperties("sluice.deadline")
record DeadlineProperties(@DefaultValue("60s") @PositiveOrZero Duration slack,
		@DefaultValue("220s") @Positive Duration most) {

	/** What is in force. */
	String description() {
		return "at most " + Words.of(this.most) + " with all waiting";
	}

	/**
	 * The deadline for an execution. Time begins to count.
	 * @param asked what the client asks for; null where it asks for nothing
	 * @param program what its program may take
	 * @return the deadline
	 */
	Deadline deadline(@Nullable @Positive Duration asked, @Nullable @Positive Duration program) {
		Duration usual = least((program != null) ? program.plus(this.slack) : this.most);
		return (asked != null && asked.compareTo(usual) < 0) ? Deadline.hasty(asked)
				: Deadline.in((asked != null) ? least(asked) : usual);
	}

	private Duration least(Duration time) {
		return (time.compareTo(this.most) < 0) ? time : this.most;
	}

}
