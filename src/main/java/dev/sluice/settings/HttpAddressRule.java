package dev.sluice.settings;

import java.net.URI;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/**
 * Holds addresses to {@link HttpAddress}.
 */
public final class HttpAddressRule implements ConstraintValidator<HttpAddress, URI> {

	private static final String NOBODY = "must have no user and no password in it, as addresses are shown";

	@Override
	public boolean isValid(@Nullable URI value, ConstraintValidatorContext context) {
		if (value == null) {
			return true;
		}
		if (value.getRawAuthority() != null && value.getRawAuthority().contains("@")) {
			context.disableDefaultConstraintViolation();
			context.buildConstraintViolationWithTemplate(NOBODY).addConstraintViolation();
			return false;
		}
		return value.getHost() != null && ("http".equals(value.getScheme()) || "https".equals(value.getScheme()));
	}

}
