package dev.sluice.k8s;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.convert.DurationStyle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the overlays bring into a cluster fits together.
 */
@ParameterizedClass
@MethodSource("clusters")
class ClustersTests {

	private static final Settings settings = new Settings();

	/** What the operator brings himself. */
	private static final Set<String> GIVEN_SECRETS = Set.of("sluice-clients");

	/** What a pod ends with behind its drain. */
	private static final Duration TOLD = Duration.ofSeconds(2);

	private static final Duration SERVERS = Duration.ofSeconds(2 * 3);

	private static final Duration SESSIONS = Duration.ofSeconds(3);

	@Parameter
	Cluster cluster;

	static List<Cluster> clusters() {
		return Clusters.all();
	}

	@Test
	void allIsInTheGatewaysNamespace() {
		String namespace = Cluster.kustomization(Path.of("k8s", "overlays", "azure")).namespace();
		assertThat(namespace).isNotNull();
		assertThat(this.cluster.all(Namespace.class)).extracting((one) -> one.getMetadata().getName())
			.containsExactly(namespace);
		assertThat(this.cluster.namespaces()).isNotEmpty()
			.allSatisfy((name, its) -> assertThat(its).as(name)
				// It is kustomize that puts them there.
				.isEqualTo(this.cluster.isRendered() ? namespace : ""));
	}

	@Test
	void selectorsFindPods() {
		for (Deployment deployment : deployments()) {
			LabelSelector selector = deployment.getSpec().getSelector();
			assertThat(this.cluster.pods(selector)).as("%s", deployment.getMetadata().getName())
				.containsExactly(deployment);
			Cluster.pod(deployment)
				.getTopologySpreadConstraints()
				.forEach((spread) -> assertThat(spread.getLabelSelector()).isEqualTo(selector));
		}
		for (Service service : this.cluster.all(Service.class)) {
			assertThat(service.getSpec().getSelector()).isNotEmpty();
			assertThat(this.cluster.pods(service.getSpec().getSelector())).as(service.getMetadata().getName())
				.hasSize(1);
		}
		for (PodDisruptionBudget budget : this.cluster.all(PodDisruptionBudget.class)) {
			assertThat(this.cluster.pods(budget.getSpec().getSelector())).as(budget.getMetadata().getName()).hasSize(1);
		}
		for (NetworkPolicy policy : this.cluster.all(NetworkPolicy.class)) {
			assertThat(this.cluster.pods(policy.getSpec().getPodSelector())).as(policy.getMetadata().getName())
				.isNotEmpty();
		}
	}

	@Test
	void servicesNamePortsOfTheirPods() {
		for (Service service : this.cluster.all(Service.class)) {
			Deployment deployment = this.cluster.pods(service.getSpec().getSelector()).getFirst();
			for (ServicePort port : service.getSpec().getPorts()) {
				assertThat(Cluster.isPort(deployment, port.getTargetPort())).as(service.getMetadata().getName())
					.isTrue();
			}
		}
		for (ServiceMonitor monitor : this.cluster.all(ServiceMonitor.class)) {
			List<Service> services = this.cluster.all(Service.class)
				.stream()
				.filter((service) -> Cluster.matches(monitor.spec().selector().getMatchLabels(),
						service.getMetadata().getLabels()))
				.toList();
			assertThat(services).hasSize(1);
			assertThat(monitor.spec().endpoints()).allSatisfy((endpoint) -> {
				assertThat(services.getFirst().getSpec().getPorts()).extracting(ServicePort::getName)
					.contains(endpoint.port());
				assertThat(seconds(endpoint.scrapeTimeout())).isLessThan(seconds(endpoint.interval()));
			});
		}
	}

	@Test
	void oneAutoscalerAtMostScalesADeploymentThatIsThere() {
		List<String> targets = new ArrayList<>();
		for (HorizontalPodAutoscaler autoscaler : this.cluster.all(HorizontalPodAutoscaler.class)) {
			assertThat(autoscaler.getSpec().getScaleTargetRef().getKind()).isEqualTo("Deployment");
			targets.add(autoscaler.getSpec().getScaleTargetRef().getName());
		}
		for (ScaledObject autoscaler : this.cluster.all(ScaledObject.class)) {
			assertThat(autoscaler.spec().scaleTargetRef().getKind()).isEqualTo("Deployment");
			assertThat(autoscaler.spec().fallback().replicas()).isBetween(autoscaler.spec().minReplicaCount(),
					autoscaler.spec().maxReplicaCount());
			targets.add(autoscaler.spec().scaleTargetRef().getName());
		}
		assertThat(targets).doesNotHaveDuplicates()
			.allSatisfy((name) -> assertThat(this.cluster.deployment(name).getSpec().getReplicas())
				.as("whose number the autoscaler has")
				.isNull());
		assertThat(deployments())
			.allSatisfy((deployment) -> assertThat(targets.contains(deployment.getMetadata().getName())
					|| deployment.getSpec().getReplicas() != null || isPatched(deployment))
				.isTrue());
	}

	@Test
	void whatAPodNamesIsThere() {
		for (Deployment deployment : deployments()) {
			PodSpec pod = Cluster.pod(deployment);
			if (pod.getServiceAccountName() != null) {
				assertThat(this.cluster.all(ServiceAccount.class)).extracting((one) -> one.getMetadata().getName())
					.contains(pod.getServiceAccountName());
			}
			Set<String> volumes = new TreeSet<>();
			Set<String> mounted = new TreeSet<>();
			for (Volume volume : pod.getVolumes()) {
				volumes.add(volume.getName());
				if (volume.getSecret() != null) {
					assertThat(secrets()).contains(volume.getSecret().getSecretName());
				}
			}
			for (Container container : pod.getContainers()) {
				container.getVolumeMounts().stream().map(VolumeMount::getName).forEach(mounted::add);
				container.getEnv()
					.stream()
					.filter((variable) -> variable.getValueFrom() != null)
					.forEach((variable) -> assertThat(secrets())
						.contains(variable.getValueFrom().getSecretKeyRef().getName()));
			}
			assertThat(mounted).isEqualTo(volumes);
		}
	}

	@Test
	void settingsAreKnown() {
		for (Container container : containers()) {
			Map<String, String> environment = this.cluster.environment(container);
			assertThat(environment).as(container.getName()).isNotEmpty();
			assertThat(environment.keySet()).allSatisfy(
					(name) -> assertThat(settings.has(name)).as("%s of %s", name, container.getName()).isTrue());
		}
	}

	@Test
	void portsAreThoseThatAreListenedOn() {
		for (Container container : containers()) {
			Map<String, String> environment = this.cluster.environment(container);
			Map<String, String> variables = Map.of("http", "SERVER", "management", "MANAGEMENT_SERVER");
			for (ContainerPort port : container.getPorts()) {
				String prefix = Objects.requireNonNull(variables.get(port.getName()));
				assertThat(environment).containsEntry(prefix + "_PORT", port.getContainerPort().toString())
					.containsEntry(prefix + "_ADDRESS", "0.0.0.0");
			}
			Stream.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe())
				.filter(Objects::nonNull)
				.forEach((probe) -> assertThat(container.getPorts()).extracting(ContainerPort::getName)
					.contains(port(probe).getStrVal()));
		}
	}

	@Test
	void aServicesAddressIsNoSetting() {
		assertThat(deployments())
			.allSatisfy((deployment) -> assertThat(Cluster.pod(deployment).getEnableServiceLinks()).isFalse());
	}

	@Test
	void containersAreRestricted() {
		for (Deployment deployment : deployments()) {
			PodSpec pod = Cluster.pod(deployment);
			boolean session = deployment.getMetadata().getName().equals("sluice-session");
			assertThat(pod.getAutomountServiceAccountToken()).isFalse();
			assertThat(pod.getHostNetwork()).isNull();
			assertThat(pod.getHostPID()).isNull();
			assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
			assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(session ? 0 : 65532);
			assertThat(pod.getSecurityContext().getRunAsNonRoot()).isEqualTo(session ? null : true);
			assertThat(pod.getVolumes()).allSatisfy((volume) -> assertThat(volume.getHostPath()).isNull());
			for (Container container : pod.getContainers()) {
				SecurityContext context = container.getSecurityContext();
				assertThat(context.getAllowPrivilegeEscalation()).isFalse();
				assertThat(context.getPrivileged()).isNull();
				assertThat(context.getReadOnlyRootFilesystem()).isEqualTo(!session);
				assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
				// What the session's container needs to give each execution a user, and
				// no
				// more.
				assertThat(context.getCapabilities().getAdd())
					.containsExactlyElementsOf(session ? List.of("SETUID", "SETGID", "KILL") : List.of());
			}
		}
	}

	@Test
	void containersAskForWhatTheyNeedAndAreBounded() {
		for (Container container : containers()) {
			Map<String, Quantity> requests = container.getResources().getRequests();
			Map<String, Quantity> limits = container.getResources().getLimits();
			assertThat(limits).containsKeys("cpu", "memory");
			assertThat(requests).containsKeys("cpu", "memory")
				.allSatisfy((name, quantity) -> assertThat(quantity.getNumericalAmount()).isPositive()
					.isLessThanOrEqualTo(limits.get(name).getNumericalAmount()));
		}
	}

	@Test
	void aGatewayHasTheTimeToDrain() {
		Deployment gateway = this.cluster.deployment("sluice-gateway");
		Map<String, String> environment = gatewayEnvironment();
		Duration delay = settings.duration(environment, "sluice.drain.delay");
		Duration grace = settings.duration(environment, "sluice.drain.grace");
		assertThat(Duration.ofSeconds(Cluster.pod(gateway).getTerminationGracePeriodSeconds()))
			.isGreaterThan(delay.plus(grace).plus(TOLD).plus(SERVERS).plus(SESSIONS));
		assertThat(grace).as("for an execution that asks for nothing")
			.isGreaterThan(settings.duration(environment, "sluice.limits.compile-timeout")
				.plus(settings.duration(environment, "sluice.limits.run-timeout"))
				.plus(settings.duration(environment, "sluice.deadline.slack")));
	}

	@Test
	void routesLeadToAServiceAndOutlastExecutions() {
		Map<String, String> environment = gatewayEnvironment();
		Duration longest = settings.duration(environment, "sluice.http.body-timeout")
			.plus(settings.duration(environment, "sluice.deadline.most"));
		for (HTTPRoute route : this.cluster.all(HTTPRoute.class)) {
			for (HTTPRouteRule rule : route.getSpec().getRules()) {
				assertThat(rule.getBackendRefs())
					.allSatisfy((backend) -> assertThat(this.cluster.all(Service.class)).anySatisfy((service) -> {
						assertThat(service.getMetadata().getName()).isEqualTo(backend.getName());
						assertThat(service.getSpec().getPorts()).extracting(ServicePort::getPort)
							.contains(backend.getPort());
					}));
				Duration request = DurationStyle.detectAndParse(rule.getTimeouts().getRequest());
				assertThat(DurationStyle.detectAndParse(rule.getTimeouts().getBackendRequest())).isEqualTo(request);
				rule.getMatches().forEach((match) -> {
					if (match.getPath().getValue().endsWith("/execute")) {
						assertThat(request).isGreaterThan(longest);
					}
					if (match.getPath().getValue().endsWith("/connect")) {
						assertThat(request).isZero();
					}
				});
			}
		}
	}

	@Test
	void inAzureTheGatewayHasAnIdentity() {
		if (this.cluster.isOf("local")) {
			assertThat(gatewayEnvironment()).containsEntry("SLUICE_POOLS_0_CREDENTIAL_KIND", "static");
			return;
		}
		assertThat(this.cluster.allAndPatches(ServiceAccount.class))
			.anySatisfy((account) -> assertThat(account.getMetadata().getAnnotations())
				.containsKey("azure.workload.identity/client-id"));
		boolean nodes = this.cluster.has("managed-identity");
		// The last word is what holds. With the label a pod gets a token of workload
		// identity, which goes before that of the nodes.
		assertThat(this.cluster.allAndPatches(Deployment.class)
			.getLast()
			.getSpec()
			.getTemplate()
			.getMetadata()
			.getLabels()
			.get("azure.workload.identity/use")).isEqualTo(nodes ? "false" : "true");
		assertThat(gatewayEnvironment())
			.containsEntry("SLUICE_POOLS_0_CREDENTIAL_KIND", nodes ? "managed-identity" : "workload-identity")
			.satisfies((environment) -> assertThat(environment.containsKey("SLUICE_POOLS_0_CREDENTIAL_CLIENTID"))
				.isEqualTo(nodes));
	}

	/** What these tests make of the pieces is what kubectl makes of them. */
	@Test
	void piecesHaveTheSettingsThatAreRendered() {
		for (Cluster same : Clusters.all().stream().filter(this.cluster::isSameAs).toList()) {
			assertThat(withoutKeys(same.environment(same.gateway()))).isEqualTo(withoutKeys(gatewayEnvironment()));
		}
	}

	/** In the local one a patch takes this setting away. */
	private Map<String, String> withoutKeys(Map<String, String> environment) {
		if (this.cluster.isOf("local")) {
			environment.remove("SLUICE_CLIENTS_FILE");
		}
		return environment;
	}

	private static IntOrString port(Probe probe) {
		return (probe.getHttpGet() != null) ? probe.getHttpGet().getPort() : probe.getTcpSocket().getPort();
	}

	private List<Deployment> deployments() {
		return this.cluster.all(Deployment.class);
	}

	private List<Container> containers() {
		return deployments().stream()
			.flatMap((deployment) -> Cluster.pod(deployment).getContainers().stream())
			.toList();
	}

	private Map<String, String> gatewayEnvironment() {
		return this.cluster.environment(this.cluster.gateway());
	}

	private Set<String> secrets() {
		Set<String> secrets = new TreeSet<>(GIVEN_SECRETS);
		this.cluster.all(Secret.class)
			.stream()
			.map(HasMetadata::getMetadata)
			.forEach((one) -> secrets.add(one.getName()));
		return secrets;
	}

	private boolean isPatched(Deployment deployment) {
		return this.cluster.allAndPatches(Deployment.class)
			.stream()
			.anyMatch((one) -> one.getMetadata().getName().equals(deployment.getMetadata().getName())
					&& one.getSpec().getReplicas() != null);
	}

	private static long seconds(String time) {
		return DurationStyle.detectAndParse(time).toSeconds();
	}

}
