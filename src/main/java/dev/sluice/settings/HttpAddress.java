package dev.sluice.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;

/**
 * Has an address be one that can be called by HTTP, and that can be shown: addresses are
 * in messages and logs, and so nobody's name and password may be in them.
 */
@Documented
@Constraint(validatedBy = HttpAddressRule.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface HttpAddress {

	/** What is allowed. */
	String message() default "must be an http or https address with a host";

	/** When it holds. */
	Class<?>[] groups() default {};

	/** What goes with it. */
	Class<? extends Payload>[] payload() default {};

}
