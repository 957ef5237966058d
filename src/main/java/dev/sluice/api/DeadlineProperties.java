package dev.sluice.api;

import java.time.Duration;

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
record DeadlineProperties(@DefaultValue("60s") Duration slack, @DefaultValue("220s") Duration most) {

	/**
	 * The time for an execution.
	 * @param asked what the client asks for; null where it asks for nothing
	 * @param program what its program may take
	 * @return the time
	 */
	Duration time(@Nullable Duration asked, @Nullable Duration program) {
		Duration time = (asked != null) ? asked : (program != null) ? program.plus(this.slack) : this.most;
		return (time.compareTo(this.most) < 0) ? time : this.most;
	}

}
