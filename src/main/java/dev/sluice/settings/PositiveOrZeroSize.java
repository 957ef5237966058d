package dev.sluice.settings;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Has {@link PositiveOrZero} bound sizes, too.
 */
public final class PositiveOrZeroSize implements ConstraintValidator<PositiveOrZero, DataSize> {

	@Override
	public boolean isValid(@Nullable DataSize value, ConstraintValidatorContext context) {
		return value == null || !value.isNegative();
	}

}
