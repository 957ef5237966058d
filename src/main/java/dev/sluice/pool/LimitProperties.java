package dev.sluice.pool;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many executions a pool may have at once. Within these bounds that is found by
 * trying.
 *
 * @param min how many in any case, however often it refuses
 * @param max how many at most, and to begin with; by default as many as its sessions
 * take, or its connections where it allocates sessions by itself
 */
record LimitProperties(@DefaultValue("1") @Min(1) int min, @Nullable @Min(1) Integer max) {

	@AssertTrue(message = "must not be above limit.max")
	boolean isMinWithinMax() {
		return this.max == null || this.max < 1 || this.min <= this.max;
	}

}
