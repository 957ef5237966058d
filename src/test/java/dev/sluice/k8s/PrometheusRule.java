package dev.sluice.k8s;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.ObjectMeta;

/**
 * As much of the Prometheus operator's alerts as ours have.
 */
record PrometheusRule(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

	record Spec(List<Group> groups) {
	}

	record Group(String name, List<Rule> rules) {
	}

	record Rule(String alert, String expr, @JsonProperty("for") String during, Map<String, String> labels,
			Map<String, String> annotations) {
	}

	Stream<Rule> rules() {
		return this.spec.groups().stream().flatMap((group) -> group.rules().stream());
	}

}
