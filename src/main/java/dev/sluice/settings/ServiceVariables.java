package dev.sluice.settings;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.PropertySource;

/**
 * What Kubernetes tells each pod of the services beside it, in variables that begin with
 * a service's name: they look like settings where that is ours.
 */
final class ServiceVariables {

	private static final Pattern ADDRESS = Pattern.compile("\\d+(?:\\.\\d+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

	private static final Pattern NUMBER = Pattern.compile("\\d+");

	private static final Pattern PORT = Pattern.compile("(.+_)SERVICE_PORT(?:_.+)?");

	/** The form that a variable's value has, by its name. */
	private static final Map<Pattern, Pattern> FORMS = Map.of(Pattern.compile(".+_SERVICE_HOST"), ADDRESS,
			Pattern.compile(".+_PORT(?:_\\d+_[A-Z]+)?"), Pattern.compile("(?:tcp|udp|sctp)://.+:\\d+"),
			Pattern.compile(".+_PORT_\\d+_[A-Z]+_PROTO"), Pattern.compile("tcp|udp|sctp"),
			Pattern.compile(".+_PORT_\\d+_[A-Z]+_PORT"), NUMBER, Pattern.compile(".+_PORT_\\d+_[A-Z]+_ADDR"), ADDRESS);

	private ServiceVariables() {
	}

	/**
	 * Whether a variable is one of these, by its name and its value. A number alone could
	 * be anything: it is a service's port where that has a host.
	 * @param variable the variable
	 * @param all the variables that there are
	 * @return whether it is
	 */
	static boolean contain(String variable, PropertySource<?> all) {
		Object value = all.getProperty(variable);
		Matcher port = PORT.matcher(variable);
		return port.matches() && is(NUMBER, value) && is(ADDRESS, all.getProperty(port.group(1) + "SERVICE_HOST"))
				|| FORMS.entrySet()
					.stream()
					.anyMatch((form) -> form.getKey().matcher(variable).matches() && is(form.getValue(), value));
	}

	private static boolean is(Pattern form, @Nullable Object value) {
		return value != null && form.matcher(value.toString()).matches();
	}

}
