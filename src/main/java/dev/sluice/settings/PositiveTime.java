package dev.sluice.settings;

import java.time.Duration;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

/**
 * Has {@link Positive} bound times, too.
 */
public final class PositiveTime implements ConstraintValidator<Positive, Duration> {

	@Override
	public boolean isValid(@Nullable Duration value, ConstraintValidatorContext context) {
		return value == null || value.isPositive();
	}

}
