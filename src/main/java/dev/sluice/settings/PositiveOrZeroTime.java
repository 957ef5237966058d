package dev.sluice.settings;

import java.time.Duration;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

/**
 * Has {@link PositiveOrZero} bound times, too.
 */
public final class PositiveOrZeroTime implements ConstraintValidator<PositiveOrZero, Duration> {

	@Override
	public boolean isValid(@Nullable Duration value, ConstraintValidatorContext context) {
		return value == null || !value.isNegative();
	}

}
