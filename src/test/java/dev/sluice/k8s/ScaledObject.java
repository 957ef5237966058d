package dev.sluice.k8s;

import java.util.List;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;

/**
 * As much of KEDA's autoscaler as ours has.
 */
record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

	record Spec(CrossVersionObjectReference scaleTargetRef, int minReplicaCount, int maxReplicaCount,
			int pollingInterval, Fallback fallback, Advanced advanced, List<Trigger> triggers) {
	}

	record Fallback(int failureThreshold, int replicas) {
	}

	record Advanced(Horizontal horizontalPodAutoscalerConfig) {
	}

	record Horizontal(HorizontalPodAutoscalerBehavior behavior) {
	}

	record Trigger(String name, String type, String metricType, Prometheus metadata) {
	}

	/** All of them are strings, as the trigger's metadata is a map of such. */
	record Prometheus(String serverAddress, String query, String threshold) {
	}

}
