package dev.sluice.admission;

import java.time.Duration;

import dev.sluice.settings.Words;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The bounds of what is inside, and of the queue before it.
 *
 * @param maxInFlight how many executions may be inside at once, from their turn until
 * their answer's end
 * @param queue how many executions may wait; with 0 none does
 * @param clientQueue how many of them may be one known client's; by default, and at most,
 * as many as there are free places besides, so that one alone may have half of the queue,
 * and two a third each
 * @param maxWait how long one may wait
 */
@Validated
@ConfigurationProperties("sluice.admission")
record AdmissionProperties(@DefaultValue("20000") @Min(1) int maxInFlight, @DefaultValue("1000") @Min(0) int queue,
		@Nullable @Min(1) Integer clientQueue, @DefaultValue("30s") @PositiveOrZero Duration maxWait) {

	/** What is in force. */
	String description() {
		return "queue      " + this.queue + " executions, for " + Words.of(this.maxWait) + " at most; "
				+ this.maxInFlight + " inside at once";
	}

	/**
	 * How many places one known client may have.
	 * @param free how many nobody has
	 * @return the number
	 */
	int share(int free) {
		return (this.clientQueue != null) ? Math.min(this.clientQueue, free) : free;
	}

}
