package dev.sluice.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The overlays as they are, and one with all components that it may have: their pieces,
 * and where kubectl is there, what it renders of them.
 */
final class Clusters {

	private static final String[] COMPONENTS = { "keda", "prometheus", "gateway-api", "telemetry", "managed-identity" };

	private static final List<Cluster> all = read();

	private Clusters() {
	}

	static List<Cluster> all() {
		return all;
	}

	private static List<Cluster> read() {
		List<Cluster> all = new ArrayList<>(
				List.of(Cluster.pieces("local"), Cluster.pieces("azure"), Cluster.pieces("azure", COMPONENTS)));
		if (isKubectlThere()) {
			all.addAll(List.of(rendered("local"), rendered("azure"), rendered("azure", COMPONENTS)));
		}
		return all;
	}

	private static boolean isKubectlThere() {
		return Stream.of(System.getenv("PATH").split(":"))
			.map(Path::of)
			.anyMatch((folder) -> Files.isExecutable(folder.resolve("kubectl")));
	}

	private static Cluster rendered(String overlay, String... components) {
		try {
			Path folder = Files.createDirectories(Path.of("target", "k8s", overlay + "-with-" + components.length));
			Files.writeString(folder.resolve("kustomization.yaml"), kustomization(overlay, components));
			return Cluster.rendered(render(folder), overlay, components);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static String kustomization(String overlay, String... components) {
		StringBuilder yaml = new StringBuilder("""
				apiVersion: kustomize.config.k8s.io/v1beta1
				kind: Kustomization
				namespace: sluice
				resources:
				  - ../../../k8s/overlays/%s
				components:
				""".formatted(overlay));
		for (String component : components) {
			yaml.append("  - ../../../k8s/components/").append(component).append('\n');
		}
		return yaml.toString();
	}

	private static String render(Path folder) throws IOException, InterruptedException {
		Path output = folder.resolve("rendered.yaml");
		Path errors = folder.resolve("errors.txt");
		Process kubectl = new ProcessBuilder("kubectl", "kustomize", folder.toString()).redirectOutput(output.toFile())
			.redirectError(errors.toFile())
			.start();
		if (!kubectl.waitFor(60, TimeUnit.SECONDS) || kubectl.exitValue() != 0) {
			kubectl.destroyForcibly();
			throw new IllegalStateException(Files.readString(errors));
		}
		return Files.readString(output);
	}

}
