package dev.sluice.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.sluice.k8s.Kustomization.Generator;
import dev.sluice.k8s.Kustomization.Patch;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import org.jspecify.annotations.Nullable;

/**
 * What an overlay brings into a cluster: as kubectl renders it, or its pieces side by
 * side, which need no kubectl. Of patches the pieces know the objects that one deletes;
 * what it changes is kept beside them.
 */
final class Cluster {

	static final Path FOLDER = Path.of("k8s");

	private static final Path COMPONENTS = FOLDER.resolve("components");

	private final String way;

	private final String overlay;

	private final List<String> components;

	/** By kind and name. */
	private final Map<String, Map<String, Object>> documents = new LinkedHashMap<>();

	private final List<Object> patches = new ArrayList<>();

	/** The documents by their types, once they are all there. */
	private @Nullable List<Object> objects;

	private Cluster(String way, String overlay, String... components) {
		this.way = way;
		this.overlay = overlay;
		this.components = List.of(components);
	}

	/** An overlay's pieces, and those of components with it. */
	static Cluster pieces(String overlay, String... components) {
		Cluster cluster = new Cluster("pieces", overlay, components);
		cluster.add(FOLDER.resolve("overlays").resolve(overlay));
		Stream.of(components).forEach((component) -> cluster.add(COMPONENTS.resolve(component)));
		return cluster;
	}

	/** What kubectl renders of the same. */
	static Cluster rendered(String yaml, String overlay, String... components) {
		Cluster cluster = new Cluster("rendered", overlay, components);
		Strict.documents(yaml).forEach(cluster::put);
		return cluster;
	}

	static Kustomization kustomization(Path folder) {
		return (Kustomization) Strict.read(Strict.documents(text(folder.resolve("kustomization.yaml"))).getFirst());
	}

	static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void add(Path folder) {
		Kustomization kustomization = kustomization(folder);
		for (String resource : orNone(kustomization.resources())) {
			Path path = folder.resolve(resource).normalize();
			if (Files.isDirectory(path)) {
				add(path);
			}
			else {
				Strict.documents(text(path)).forEach(this::put);
			}
		}
		orNone(kustomization.configMapGenerator()).forEach((generator) -> put(folder, "ConfigMap", "data", generator));
		orNone(kustomization.secretGenerator()).forEach((generator) -> put(folder, "Secret", "stringData", generator));
		orNone(kustomization.patches()).forEach((patch) -> patch(folder, patch));
	}

	private void put(Map<String, Object> document) {
		Map<String, Object> before = this.documents.put(key(document), document);
		if (before != null) {
			throw new IllegalStateException("There are two of " + key(document));
		}
	}

	private void put(Path folder, String kind, String field, Generator generator) {
		Map<String, Object> document = Map.of("apiVersion", "v1", "kind", kind, "metadata",
				Map.of("name", generator.name()), field, new TreeMap<>());
		if (generator.behavior() == Kustomization.Behavior.merge) {
			document = Objects.requireNonNull(this.documents.get(key(document)), generator.name());
		}
		else {
			put(document);
		}
		Strict.map(document.get(field)).putAll(values(folder, generator));
	}

	private static Map<String, String> values(Path folder, Generator generator) {
		Map<String, String> values = new TreeMap<>();
		Stream
			.concat(orNone(generator.envs()).stream()
				.flatMap((file) -> text(folder.resolve(file)).lines())
				.filter((line) -> !line.isBlank() && !line.startsWith("#")), orNone(generator.literals()).stream())
			.map((line) -> line.split("=", 2))
			.forEach((pair) -> values.put(pair[0], pair[1]));
		orNone(generator.files()).forEach((file) -> values.put(file, text(folder.resolve(file))));
		return values;
	}

	private void patch(Path folder, Patch patch) {
		String yaml = (patch.path() != null) ? text(folder.resolve(patch.path())) : patch.patch();
		for (Map<String, Object> document : Strict.documents(yaml)) {
			Map<String, Object> target = this.documents.get(key(document));
			if (target == null) {
				throw new IllegalStateException("There is no " + key(document) + " to be patched");
			}
			if ("delete".equals(document.get("$patch"))) {
				this.documents.remove(key(document));
			}
			else {
				this.patches.add(Strict.read(Strict.map(withoutDirectives(document))));
			}
		}
	}

	/** What says how to patch is kustomize's, and no field. What is deleted goes. */
	static Object withoutDirectives(Object yaml) {
		return switch (yaml) {
			case Map<?, ?> map -> {
				Map<Object, Object> rest = new LinkedHashMap<>();
				map.forEach((key, value) -> {
					if (!key.equals("$patch")) {
						rest.put(key, withoutDirectives(value));
					}
				});
				yield rest;
			}
			case List<?> list -> list.stream()
				.filter((one) -> !(one instanceof Map<?, ?> map && "delete".equals(map.get("$patch"))))
				.map(Cluster::withoutDirectives)
				.toList();
			default -> yaml;
		};
	}

	private static String key(Map<String, Object> document) {
		return document.get("kind") + " " + Strict.map(document.get("metadata")).get("name");
	}

	private static <T> List<T> orNone(@Nullable List<T> list) {
		return (list != null) ? list : List.of();
	}

	/**
	 * The namespaces of all that is in one, by kind and name; empty where none is said.
	 */
	Map<String, Object> namespaces() {
		Map<String, Object> namespaces = new TreeMap<>();
		this.documents.forEach((key, document) -> {
			if (!"Namespace".equals(document.get("kind"))) {
				namespaces.put(key, Strict.map(document.get("metadata")).getOrDefault("namespace", ""));
			}
		});
		return namespaces;
	}

	boolean isRendered() {
		return this.way.equals("rendered");
	}

	boolean isOf(String overlay) {
		return this.overlay.equals(overlay);
	}

	boolean has(String component) {
		return this.components.contains(component);
	}

	boolean isSameAs(Cluster other) {
		return this.overlay.equals(other.overlay) && this.components.equals(other.components);
	}

	<T> List<T> all(Class<T> type) {
		if (this.objects == null) {
			this.objects = this.documents.values().stream().map(Strict::read).toList();
		}
		return this.objects.stream().filter(type::isInstance).map(type::cast).toList();
	}

	/** And what patches say of such. */
	<T> List<T> allAndPatches(Class<T> type) {
		return Stream.concat(all(type).stream(), this.patches.stream().filter(type::isInstance).map(type::cast))
			.toList();
	}

	Deployment deployment(String name) {
		return all(Deployment.class).stream()
			.filter((one) -> one.getMetadata().getName().equals(name))
			.findAny()
			.orElseThrow();
	}

	/** The pods that a selector finds, by the deployment that makes them. */
	List<Deployment> pods(LabelSelector selector) {
		if (!selector.getMatchExpressions().isEmpty()) {
			throw new IllegalStateException("No expression is read here: " + selector);
		}
		return pods(selector.getMatchLabels());
	}

	List<Deployment> pods(@Nullable Map<String, String> labels) {
		return all(Deployment.class).stream()
			.filter((one) -> matches(labels, one.getSpec().getTemplate().getMetadata().getLabels()))
			.toList();
	}

	/** What matches nothing in particular matches everything. */
	static boolean matches(@Nullable Map<String, String> selector, Map<String, String> labels) {
		return (selector == null) || labels.entrySet().containsAll(selector.entrySet());
	}

	static PodSpec pod(Deployment deployment) {
		return deployment.getSpec().getTemplate().getSpec();
	}

	static Stream<ContainerPort> ports(Deployment deployment) {
		return pod(deployment).getContainers().stream().flatMap((container) -> container.getPorts().stream());
	}

	static boolean isPort(Deployment deployment, IntOrString port) {
		return ports(deployment).anyMatch(
				(one) -> one.getName().equals(port.getStrVal()) || one.getContainerPort().equals(port.getIntVal()));
	}

	Container gateway() {
		return pod(deployment("sluice-gateway")).getContainers().getFirst();
	}

	/** The environment that a container is started with; a secret is only named. */
	Map<String, String> environment(Container container) {
		Map<String, String> environment = new TreeMap<>();
		container.getEnvFrom().forEach((from) -> environment.putAll(config(from.getConfigMapRef().getName())));
		container.getEnv()
			.forEach((variable) -> environment.put(variable.getName(),
					(variable.getValue() != null) ? variable.getValue() : "from a secret"));
		return environment;
	}

	private Map<String, String> config(String name) {
		return all(ConfigMap.class).stream()
			.filter((one) -> one.getMetadata().getName().equals(name))
			.findAny()
			.orElseThrow(() -> new AssertionError("There is no ConfigMap " + name))
			.getData();
	}

	@Override
	public String toString() {
		return this.way + " " + this.overlay + " " + this.components;
	}

}
