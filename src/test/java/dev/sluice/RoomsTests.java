package dev.sluice;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.sluice.settings.HttpAddress;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The house's plan: which room may know which. The mains in {@code dev.sluice} itself may
 * know all.
 */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTests {

	private static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(Map.entry("execution", Set.of()),
			Map.entry("settings", Set.of()), Map.entry("piston", Set.of("execution")),
			Map.entry("http", Set.of("execution", "piston", "settings")),
			Map.entry("api", Set.of("execution", "piston", "http", "settings")),
			Map.entry("admission", Set.of("execution", "settings")),
			Map.entry("pool", Set.of("execution", "piston", "http", "settings")),
			Map.entry("gateway",
					Set.of("execution", "piston", "http", "api", "admission", "pool", "doctor", "emulator",
							"settings")),
			Map.entry("doctor", Set.of("execution", "piston", "http", "pool")),
			Map.entry("engine", Set.of("execution")),
			Map.entry("adapter", Set.of("execution", "piston", "http", "engine", "settings")),
			Map.entry("emulator", Set.of("execution", "http", "adapter", "settings")));

	@ArchTest
	static final ArchRule noCycles = SlicesRuleDefinition.slices()
		.matching("dev.sluice.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule jacksonTwoIsAzuresOwn = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("com.fasterxml.jackson..");

	/** They are shown, and so nobody's password may be in them. */
	@ArchTest
	static final ArchRule addressesThatAreSetAreHeldToTheirRule = fields().that()
		.haveRawType(URI.class)
		.and()
		.areDeclaredInClassesThat()
		.haveSimpleNameEndingWith("Properties")
		.should()
		.beAnnotatedWith(HttpAddress.class);

	@ArchTest
	static void roomsKnowOnlyWhatTheirRowNames(JavaClasses classes) {
		LayeredArchitecture house = Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
		for (String room : MAY_KNOW.keySet()) {
			house = house.layer(room).definedBy("dev.sluice." + room + "..");
		}
		for (Map.Entry<String, Set<String>> row : MAY_KNOW.entrySet()) {
			house = row.getValue().isEmpty() ? house.whereLayer(row.getKey()).mayNotAccessAnyLayer()
					: house.whereLayer(row.getKey()).mayOnlyAccessLayers(row.getValue().toArray(String[]::new));
		}
		house.check(classes);
	}

	@ArchTest
	static void everyRoomIsInThePlanAndNullMarked(JavaClasses classes) {
		Set<String> rooms = classes.stream()
			.map(JavaClass::getPackageName)
			.filter((name) -> !name.equals("dev.sluice"))
			.map((name) -> name.substring("dev.sluice.".length()))
			.collect(Collectors.toSet());
		assertThat(MAY_KNOW.keySet()).isEqualTo(rooms);
		assertThat(rooms)
			.allMatch((room) -> classes.getPackage("dev.sluice." + room).isAnnotatedWith(NullMarked.class));
	}

}
