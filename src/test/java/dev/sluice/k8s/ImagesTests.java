package dev.sluice.k8s;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The images are what the manifests take them for.
 */
class ImagesTests {

	private static final Pattern BUILD = Pattern
		.compile("(?:docker build -t|az acr build --registry \\S+ --image) (\\S+) (?:--target (\\S+) )?\\.(?=\\s)");

	private final Dockerfile dockerfile = new Dockerfile();

	private final Cluster local = Cluster.pieces("local");

	/** By the images that the README builds, the stages that it builds them from. */
	private final Map<String, String> stages = stages();

	@Test
	void theImagesOfTheOverlaysAreThoseThatAreBuilt() {
		assertThat(this.local.all(Deployment.class)).hasSize(3)
			.allSatisfy((deployment) -> assertThat(this.stages).containsKey(container(deployment).getImage()));
		assertThat(Objects.requireNonNull(Cluster.kustomization(Path.of("k8s", "overlays", "azure")).images()))
			.isNotEmpty()
			.allSatisfy((image) -> assertThat(this.stages).containsKey(image.name() + ":" + image.newTag()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sluice-gateway", "sluice-emulator", "sluice-session" })
	void aPodIsTheUserThatItsImageIsFor(String name) {
		PodSecurityContext context = Cluster.pod(this.local.deployment(name)).getSecurityContext();
		long group = Objects.requireNonNullElse(context.getRunAsGroup(), 0L);
		assertThat(context.getRunAsUser() + ":" + group).isEqualTo(this.dockerfile.user(stage(name)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sluice-gateway", "sluice-session" })
	void aPodHasThePortsOfItsImage(String name) {
		assertThat(container(name).getPorts()).extracting(ContainerPort::getContainerPort)
			.containsExactlyInAnyOrderElementsOf(this.dockerfile.ports(stage(name)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sluice-gateway", "sluice-emulator", "sluice-session" })
	void whatAnImageSetsIsWhatItsPodSets(String name) {
		Map<String, String> environment = this.local.environment(container(name));
		assertThat(this.dockerfile.environment(stage(name))).containsKey("SERVER_ADDRESS")
			.allSatisfy((variable, value) -> {
				if (variable.startsWith("S")) {
					assertThat(environment).containsEntry(variable, value);
				}
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "gateway", "emulator" })
	void aPodOfOneImageForAllNamesItsProcess(String process) {
		Container container = container("sluice-" + process);
		assertThat(container.getCommand()).isEmpty();
		assertThat(container.getArgs()).containsExactly(process);
		assertThat(this.dockerfile.entry(stage("sluice-" + process))).endsWith("-jar", "/opt/sluice/sluice.jar");
	}

	/** It sheds what its pod gives it, but for what its pod gives it for this. */
	@Test
	void aSessionBeginsAsItsImageDoes() {
		Container container = container("sluice-session");
		assertThat(container.getCommand()).isEmpty();
		assertThat(container.getArgs()).isEmpty();
		List<String> entry = this.dockerfile.entry(stage("sluice-session"));
		assertThat(entry).startsWith("setpriv").contains("--no-new-privs").endsWith("adapter");
		List<String> kept = container.getSecurityContext().getCapabilities().getAdd();
		assertThat(entry).filteredOn((argument) -> argument.contains("-all"))
			.hasSize(3)
			.allSatisfy((argument) -> assertThat(
					Stream.of(argument.split(",")).skip(1).map((one) -> one.substring(1).toUpperCase(Locale.ROOT)))
				.containsExactlyInAnyOrderElementsOf(kept));
	}

	private String stage(String deployment) {
		return Objects.requireNonNull(this.stages.get(container(deployment).getImage()));
	}

	private Container container(String deployment) {
		return container(this.local.deployment(deployment));
	}

	private static Container container(Deployment deployment) {
		return Cluster.pod(deployment).getContainers().getFirst();
	}

	private Map<String, String> stages() {
		Map<String, String> stages = new HashMap<>();
		BUILD.matcher(Cluster.text(Path.of("README.md"))).results().forEach((build) -> {
			String stage = Objects.requireNonNullElse(build.group(2), this.dockerfile.last());
			String before = stages.put(build.group(1), stage);
			assertThat(before).as(build.group(1)).isIn(null, stage);
		});
		return stages;
	}

}
