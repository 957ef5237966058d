package dev.sluice.k8s;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * As much of a {@code kustomization.yaml} as ours have; it may be a component's, too.
 */
record Kustomization(String apiVersion, String kind, @Nullable String namespace, @Nullable List<String> resources,
		@Nullable List<String> components, @Nullable List<Generator> configMapGenerator,
		@Nullable List<Generator> secretGenerator, @Nullable List<Image> images, @Nullable List<Patch> patches) {

	record Generator(String name, @Nullable Behavior behavior, @Nullable List<String> envs,
			@Nullable List<String> literals, @Nullable List<String> files, @Nullable Options options) {
	}

	enum Behavior {

		create, merge, replace

	}

	record Options(boolean disableNameSuffixHash, Map<String, String> labels) {
	}

	record Image(String name, @Nullable String newName, @Nullable String newTag) {
	}

	/** One of the two. */
	record Patch(@Nullable String path, @Nullable String patch) {
	}

}
