package dev.sluice.settings;

import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an editor is told of each setting.
 */
class SettingsMetadataTests {

	/**
	 * Words of those that are worked out, or that mean something where they are left out.
	 */
	private static final List<String> WITHOUT_DEFAULT = List.of("default", "without", "empty", "none", "where", "must");

	@ParameterizedTest
	@MethodSource("dev.sluice.settings.Metadata#all")
	void eachSettingIsDescribed(Metadata setting) {
		assertThat(setting.description()).as("The description of %s", setting.name())
			.hasSizeGreaterThan(10)
			.doesNotContain("{@", "<code>", "null");
	}

	@ParameterizedTest
	@MethodSource("dev.sluice.settings.Metadata#all")
	void eachSettingHasADefaultOrSaysWhatHoldsWithout(Metadata setting) {
		if (setting.defaultValue() == null) {
			assertThat(WITHOUT_DEFAULT).as("What holds without %s: %s", setting.name(), setting.description())
				.anyMatch(setting.description().toLowerCase(Locale.ROOT)::contains);
		}
	}

	@ParameterizedTest
	@MethodSource("dev.sluice.settings.Metadata#all")
	void eachTimeAndSizeShowsItsUnit(Metadata setting) {
		if (setting.isTime() || setting.isSize()) {
			String shown = (setting.defaultValue() != null) ? setting.defaultValue() : setting.description();
			assertThat(shown).as("The unit of %s", setting.name()).containsPattern("\\d+(ms|s|m|h|B|KB|MB|GB)\\b|-1");
		}
	}

	@Test
	void whatIsDescribedIsWhatIsKnown() {
		// What is one of a list or a map is known beside the whole of it.
		assertThat(Settings.read().all().stream().filter(Setting::isOurs).map(Setting::name))
			.filteredOn((name) -> !name.endsWith(Setting.PLACE) && !name.endsWith(Setting.KEY))
			.containsExactlyInAnyOrderElementsOf(Metadata.all().stream().map(Metadata::name).toList());
	}

}
