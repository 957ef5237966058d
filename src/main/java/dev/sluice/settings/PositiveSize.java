package dev.sluice.settings;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Has {@link Positive} bound sizes, too.
 */
public final class PositiveSize implements ConstraintValidator<Positive, DataSize> {

	@Override
	public boolean isValid(@Nullable DataSize value, ConstraintValidatorContext context) {
		return value == null || value.toBytes() > 0;
	}

}
