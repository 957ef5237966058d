package dev.sluice.piston;

import java.util.Locale;

/**
 * The limits that a request may name, in the order in which Piston checks them.
 */
enum LimitName {

	COMPILE_MEMORY_LIMIT, RUN_MEMORY_LIMIT, COMPILE_TIMEOUT, RUN_TIMEOUT, COMPILE_CPU_TIME, RUN_CPU_TIME;

	String field() {
		return name().toLowerCase(Locale.ROOT);
	}

}
