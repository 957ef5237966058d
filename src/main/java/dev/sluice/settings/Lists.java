package dev.sluice.settings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * What is to be said of lists. A list is never put together of several sources: the
 * strongest one that has anything of it gives all of it.
 */
final class Lists {

	private static final String WHOLE = "comes whole from its strongest source";

	private Lists() {
	}

	/**
	 * Says what is missing before a setting's place in a list.
	 * @param property the setting
	 * @return words behind its name; nothing where it is in no list, or none is missing
	 */
	static Optional<String> gapBefore(ConfigurationProperty property) {
		ConfigurationPropertySource source = property.getSource();
		return (source == null) ? Optional.empty()
				: places(property.getName()).stream()
					.flatMap((place) -> gapBefore(place, source).stream())
					.map((gap) -> " is set, but there is no " + gap + " beside it: a list counts from 0, and " + WHOLE)
					.findFirst();
	}

	/** It ends, since a source has so many places and no more. */
	private static Optional<ConfigurationPropertyName> gapBefore(ConfigurationPropertyName place,
			ConfigurationPropertySource source) {
		for (int i = 0;; i++) {
			ConfigurationPropertyName earlier = place.getParent().append("[" + i + "]");
			if (earlier.equals(place)) {
				return Optional.empty();
			}
			if (source.getConfigurationProperty(earlier) == null
					&& source.containsDescendantOf(earlier) != ConfigurationPropertyState.PRESENT) {
				return Optional.of(earlier);
			}
		}
	}

	/**
	 * Says what a weaker source has at a setting's place in a list, and the strongest one
	 * has not, so that it is not in force.
	 * @param name the setting
	 * @param sources all that there are, the strongest first
	 * @param known which names are settings
	 * @return words behind what is wrong with the setting; none where there is nothing
	 */
	static String elsewhere(ConfigurationPropertyName name, Iterable<ConfigurationPropertySource> sources,
			Predicate<ConfigurationPropertyName> known) {
		List<ConfigurationPropertyName> places = places(name);
		if (places.isEmpty()) {
			return "";
		}
		ConfigurationPropertyName place = places.getFirst();
		ConfigurationPropertySource strongest = null;
		List<ConfigurationProperty> elsewhere = new ArrayList<>();
		for (ConfigurationPropertySource source : sources) {
			if (strongest != null) {
				add(source, place, strongest, known, elsewhere);
			}
			else if (source.containsDescendantOf(place.getParent()) == ConfigurationPropertyState.PRESENT) {
				strongest = source;
			}
		}
		return elsewhere.stream()
			.min(Comparator.comparingInt((other) -> distance(other.getName(), name)))
			.map((other) -> "; " + other.getName() + " is set" + Place.of(other) + ", but a list " + WHOLE)
			.orElse("");
	}

	private static void add(ConfigurationPropertySource source, ConfigurationPropertyName place,
			ConfigurationPropertySource strongest, Predicate<ConfigurationPropertyName> known,
			List<ConfigurationProperty> elsewhere) {
		for (ConfigurationPropertyName name : names(source)) {
			ConfigurationProperty property = place.isAncestorOf(name) ? source.getConfigurationProperty(name) : null;
			if (property != null && strongest.getConfigurationProperty(name) == null && known.test(name)) {
				elsewhere.add(property);
			}
		}
	}

	/** The name itself, a neighbour of it, or another one. */
	private static int distance(ConfigurationPropertyName one, ConfigurationPropertyName other) {
		return one.equals(other) ? 0 : one.getParent().equals(other.getParent()) ? 1 : 2;
	}

	private static Iterable<ConfigurationPropertyName> names(ConfigurationPropertySource source) {
		return (source instanceof IterableConfigurationPropertySource names) ? names : List.of();
	}

	/** The places in lists that a name is at or below, the outermost first. */
	private static List<ConfigurationPropertyName> places(ConfigurationPropertyName name) {
		List<ConfigurationPropertyName> places = new ArrayList<>();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i)) {
				places.add(name.chop(i + 1));
			}
		}
		return places;
	}

}
