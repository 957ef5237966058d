package dev.sluice.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.k8s.Kustomization.Generator;
import dev.sluice.k8s.Kustomization.Patch;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
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

	private final String name;

	/** By kind and name. */
	private final Map<String, Map<String, Object>> documents = new LinkedHashMap<>();

	private final List<Object> patches = new ArrayList<>();

	/** The documents by their types, once they are all there. */
	private @Nullable List<Object> objects;

	private Cluster(String name) {
		this.name = name;
	}

	/** An overlay's pieces, and those of components with it. */
	static Cluster pieces(String overlay, String... components) {
		Cluster cluster = new Cluster("pieces of " + overlay + " " + Arrays.toString(components));
		cluster.add(FOLDER.resolve("overlays").resolve(overlay));
		Stream.of(components).forEach((component) -> cluster.add(COMPONENTS.resolve(component)));
		return cluster;
	}

	/** The same as kubectl renders it. */
	static Cluster rendered(String overlay, String... components) {
		Cluster cluster = new Cluster("rendered " + overlay + " " + Arrays.toString(components));
		try {
			Path folder = Files.createDirectories(
					Path.of("target", "k8s", String.join("-", overlay + "-of", String.join("-", components))));
			StringBuilder kustomization = new StringBuilder(
					"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ../../../k8s/overlays/")
				.append(overlay)
				.append((components.length > 0) ? "\ncomponents:\n" : "\n");
			Stream.of(components)
				.forEach((one) -> kustomization.append("  - ../../../k8s/components/").append(one).append('\n'));
			Files.writeString(folder.resolve("kustomization.yaml"), kustomization);
			Path output = folder.resolve("rendered.yaml");
			Process kubectl = new ProcessBuilder("kubectl", "kustomize", folder.toString())
				.redirectOutput(output.toFile())
				.redirectError(folder.resolve("errors.txt").toFile())
				.start();
			if (!kubectl.waitFor(60, TimeUnit.SECONDS) || kubectl.exitValue() != 0) {
				kubectl.destroyForcibly();
				throw new IllegalStateException(Files.readString(folder.resolve("errors.txt")));
			}
			Strict.documents(Files.readString(output)).forEach(cluster::put);
			return cluster;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static boolean isKubectlThere() {
		return Stream.of(System.getenv("PATH").split(":"))
			.map(Path::of)
			.anyMatch((folder) -> Files.isExecutable(folder.resolve("kubectl")));
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
		return this.name;
	}

}
