package dev.sluice.k8s;

import java.util.List;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;

/**
 * As much of what the Prometheus operator scrapes by as ours has.
 */
record ServiceMonitor(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

	record Spec(LabelSelector selector, List<Endpoint> endpoints) {
	}

	record Endpoint(String port, String path, String interval, String scrapeTimeout) {
	}

}
