package dev.sluice.k8s;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Each file of {@code k8s} by itself.
 */
class ManifestsTests {

	/**
	 * What a field that chooses may say, by the end of its path. The models take any
	 * string.
	 */
	private static final Map<String, Set<String>> WORDS = Map.ofEntries(
			Map.entry("imagePullPolicy", Set.of("IfNotPresent")), Map.entry("policyTypes", Set.of("Ingress", "Egress")),
			Map.entry("protocol", Set.of("TCP", "UDP")), Map.entry("appProtocol", Set.of("http")),
			Map.entry("whenUnsatisfiable", Set.of("ScheduleAnyway", "DoNotSchedule")),
			Map.entry("unhealthyPodEvictionPolicy", Set.of("AlwaysAllow", "IfHealthyBudget")),
			Map.entry("seccompProfile.type", Set.of("RuntimeDefault")),
			Map.entry("strategy.type", Set.of("RollingUpdate", "Recreate")),
			Map.entry("spec.type", Set.of("ClusterIP")), Map.entry("metrics.type", Set.of("Resource")),
			Map.entry("target.type", Set.of("Utilization")), Map.entry("policies.type", Set.of("Percent", "Pods")),
			Map.entry("matches.path.type", Set.of("Exact", "PathPrefix")),
			Map.entry("matches.method", Set.of("GET", "POST")), Map.entry("triggers.type", Set.of("prometheus")),
			Map.entry("metricType", Set.of("AverageValue", "Value")), Map.entry("$patch", Set.of("delete")),
			Map.entry("capabilities.drop", Set.of("ALL")),
			Map.entry("capabilities.add", Set.of("SETUID", "SETGID", "KILL")),
			Map.entry("severity", Set.of("critical", "warning")));

	static List<Path> files() throws IOException {
		try (Stream<Path> files = Files.walk(Cluster.FOLDER)) {
			return files.filter((file) -> file.toString().endsWith(".yaml")).sorted().toList();
		}
	}

	@ParameterizedTest
	@MethodSource("files")
	void hasNoFieldThatItsTypeDoesNotKnow(Path file) {
		documents(file).forEach((document) -> Strict.read(Strict.map(Cluster.withoutDirectives(document))));
	}

	@ParameterizedTest
	@ValueSource(strings = { """
			apiVersion: v1
			kind: Service
			metadata: {name: a}
			spec: {selectors: {a: b}}""", """
			apiVersion: apps/v1
			kind: Deployment
			metadata: {name: a}
			spec: {template: {spec: {containers: [{name: a, readynessProbe: {}}]}}}""", """
			apiVersion: v1
			kind: Service
			metadata: {name: a, labels: {"a": true}}""", """
			apiVersion: keda.sh/v1alpha1
			kind: ScaledObject
			metadata: {name: a}
			spec: {maxReplicas: 1}""", """
			apiVersion: apps/v1beta1
			kind: Deployment
			metadata: {name: a}""", """
			apiVersion: v1
			kind: Service
			metadata: {name: a, name: b}""", """
			apiVersion: kustomize.config.k8s.io/v1beta1
			kind: Kustomization
			resource: [a]""" })
	void isNotReadWhereAFieldIsNone(String yaml) {
		assertThatException().isThrownBy(() -> Strict.documents(yaml).forEach(Strict::read));
	}

	@ParameterizedTest
	@MethodSource("files")
	void saysWordsThatKubernetesKnows(Path file) {
		documents(file).forEach((document) -> check("", document));
		patches(file).forEach((patch) -> check("", patch));
	}

	@Test
	void eachFileIsOfUse() throws IOException {
		Set<Path> used = new TreeSet<>();
		for (Path file : files()) {
			if (file.endsWith("kustomization.yaml")) {
				Path folder = file.getParent();
				used.add(file);
				Kustomization one = Cluster.kustomization(folder);
				Stream<String> generated = Stream.of(one.configMapGenerator(), one.secretGenerator())
					.filter((list) -> list != null)
					.flatMap(List::stream)
					.flatMap((generator) -> Stream.of(generator.envs(), generator.files()))
					.filter((list) -> list != null)
					.flatMap(List::stream);
				Stream<String> patches = (one.patches() != null)
						? one.patches().stream().map(Kustomization.Patch::path).filter((path) -> path != null)
						: Stream.of();
				Stream.of(one.resources().stream(), generated, patches)
					.flatMap((names) -> names)
					.map((name) -> folder.resolve(name).normalize())
					.peek((path) -> assertThat(path).exists())
					.forEach(used::add);
			}
		}
		try (Stream<Path> files = Files.walk(Cluster.FOLDER)) {
			assertThat(files.filter(Files::isRegularFile).filter((file) -> !file.startsWith(Path.of("k8s", "azure"))))
				.allSatisfy((file) -> assertThat(used).contains(file));
		}
	}

	/**
	 * All that a component adds goes into the namespace of its overlay, or else into
	 * default.
	 */
	@Test
	void theReadmesOverlayIsOne() {
		Matcher example = Pattern.compile("(?s)```yaml\n(apiVersion: kustomize.config.k8s.io.+?)```")
			.matcher(Cluster.text(Path.of("README.md")));
		assertThat(example.find()).isTrue();
		Kustomization overlay = (Kustomization) Strict.read(Strict.documents(example.group(1)).getFirst());
		Path folder = Cluster.FOLDER.resolve("overlays").resolve("yours");
		assertThat(overlay.resources()).isNotEmpty().allSatisfy((resource) -> {
			Path path = folder.resolve(resource).normalize();
			assertThat(Cluster.kustomization(path).namespace()).isEqualTo(overlay.namespace());
		});
		assertThat(overlay.components()).isNotEmpty()
			.allSatisfy((component) -> assertThat(Cluster.kustomization(folder.resolve(component).normalize()).kind())
				.isEqualTo("Component"));
	}

	private static List<Map<String, Object>> documents(Path file) {
		return Strict.documents(Cluster.text(file));
	}

	private static List<Map<String, Object>> patches(Path file) {
		if (!file.endsWith("kustomization.yaml")) {
			return List.of();
		}
		List<Kustomization.Patch> patches = Cluster.kustomization(file.getParent()).patches();
		return (patches != null) ? patches.stream()
			.map(Kustomization.Patch::patch)
			.filter((patch) -> patch != null)
			.flatMap((patch) -> Strict.documents(patch).stream())
			.toList() : List.of();
	}

	private static void check(String path, Object yaml) {
		switch (yaml) {
			case Map<?, ?> map -> map.forEach((key, value) -> check(path + "." + key, value));
			case List<?> list -> list.forEach((one) -> check(path, one));
			default -> {
				Set<String> words = words(path);
				assertThat(words).as("%s is new here", path).isNotNull();
				if (!words.isEmpty()) {
					assertThat(words).as(path).contains(String.valueOf(yaml));
				}
			}
		}
	}

	/** Null where it chooses, and nobody says from what; empty where it is free. */
	private static Set<String> words(String path) {
		List<Set<String>> words = WORDS.entrySet()
			.stream()
			.filter((entry) -> path.endsWith("." + entry.getKey()))
			.map(Map.Entry::getValue)
			.collect(Collectors.toCollection(ArrayList::new));
		if (words.isEmpty()) {
			return path.matches(".*(\\.type|[tT]ype|Policy|[pP]rotocol|operator|\\.method)") ? null : Set.of();
		}
		return words.getFirst();
	}

}
