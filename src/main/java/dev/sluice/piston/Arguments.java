package dev.sluice.piston;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Turns {@code args} into a program's arguments as Piston does, which takes whatever
 * JavaScript can spread, and writes each item as JavaScript's {@code String} would.
 */
final class Arguments {

	/** From here on JavaScript's numbers are no longer whole by themselves. */
	private static final double WHOLE = 1L << 53;

	private Arguments() {
	}

	static List<String> of(@Nullable JsonNode args) {
		if (args == null || PistonRequest.isFalsy(args) && !args.isNumber()) {
			return List.of();
		}
		List<String> items = new ArrayList<>();
		if (args.isString()) {
			args.stringValue().codePoints().forEach((letter) -> items.add(Character.toString(letter)));
		}
		else if (args.isArray()) {
			args.forEach((item) -> items.add(text(item)));
		}
		else {
			throw PistonRequest.invalid("args must be an array of strings");
		}
		if (items.stream().anyMatch((item) -> item.indexOf('\0') >= 0)) {
			throw PistonRequest.invalid("args must not hold a NUL character");
		}
		return items;
	}

	private static String text(JsonNode item) {
		if (item.isString()) {
			return item.stringValue();
		}
		if (item.isNumber()) {
			return number(PistonRequest.number(item));
		}
		if (item.isObject()) {
			return "[object Object]";
		}
		if (item.isArray()) {
			StringJoiner joined = new StringJoiner(",");
			item.forEach((inner) -> joined.add(inner.isNull() ? "" : text(inner)));
			return joined.toString();
		}
		return item.toString();
	}

	private static String number(double value) {
		if (value == Math.rint(value) && Math.abs(value) < WHOLE) {
			return Long.toString((long) value);
		}
		return Double.isFinite(value) ? new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()
				: Double.toString(value);
	}

}
