package dev.sluice.k8s;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pool in Azure and the gateway in the cluster agree. Nothing here compiles Bicep; it
 * is read as text.
 */
class AzurePoolTests {

	private final String bicep = Cluster.text(Path.of("k8s", "azure", "main.bicep"));

	private final Cluster cluster = Cluster.pieces("azure", "keda");

	private final Deployment gateway = this.cluster.deployment("sluice-gateway");

	private final Map<String, String> environment = this.cluster.environment(this.cluster.gateway());

	@Test
	void thePoolHasTheSessionsThatAllReplicasMayLease() {
		int most = this.cluster.all(ScaledObject.class).getFirst().spec().maxReplicaCount();
		int surge = this.gateway.getSpec().getStrategy().getRollingUpdate().getMaxSurge().getIntVal();
		int leased = Integer.parseInt(this.environment.get("SLUICE_POOLS_0_LEASE_MAXSESSIONS"));
		// One ends while one begins, and has its sessions until it is gone.
		assertThat(this.gateway.getSpec().getMinReadySeconds())
			.isGreaterThanOrEqualTo(Math.toIntExact(Cluster.pod(this.gateway).getTerminationGracePeriodSeconds()));
		assertThat((most + surge + 1) * leased).isEqualTo(Integer.parseInt(parameter("maxSessions")));
		assertThat(Cluster.pieces("azure").all(HorizontalPodAutoscaler.class).getFirst().getSpec().getMaxReplicas())
			.isEqualTo(most);
	}

	@Test
	void aReplicaIsFullBeforeKedaWouldAddOne() {
		ScaledObject.Trigger inFlight = this.cluster.all(ScaledObject.class).getFirst().spec().triggers().getFirst();
		assertThat(Integer.parseInt(inFlight.metadata().threshold()))
			.isLessThan(Integer.parseInt(this.environment.get("SLUICE_POOLS_0_LEASE_MAXSESSIONS")));
	}

	@Test
	void bothKnowTheSameCooldown() {
		assertThat(this.environment).containsEntry("SLUICE_POOLS_0_LEASE_COOLDOWN", parameter("cooldownSeconds") + "s");
	}

	@Test
	void theNamesThatAreMadeOfThePoolsFit() {
		Matcher most = Pattern.compile("@maxLength\\((\\d+)\\)\\nparam poolName ").matcher(this.bicep);
		assertThat(most.find()).isTrue();
		assertThat(Integer.parseInt(most.group(1)) + "-environment".length()).isLessThanOrEqualTo(60);
		assertThat(this.bicep).contains("name: '${poolName}-environment'");
	}

	@Test
	void theIdentityIsForTheGatewaysServiceAccount() {
		assertThat(parameter("namespace"))
			.isEqualTo(Cluster.kustomization(Path.of("k8s", "overlays", "azure")).namespace());
		assertThat(parameter("serviceAccount"))
			.isEqualTo(this.gateway.getSpec().getTemplate().getSpec().getServiceAccountName());
		assertThat(this.bicep).contains("subject: 'system:serviceaccount:${namespace}:${serviceAccount}'",
				"'api://AzureADTokenExchange'");
	}

	@Test
	void theIdentityMayRunProgramsInThisPoolAlone() {
		// The built-in role Azure ContainerApps Session Executor.
		assertThat(this.bicep).contains("var sessionExecutor = '0fb8eba5-a2bb-4abe-b1c1-49dfad359bb0'",
				"scope: pool\n");
	}

	@Test
	void programsReachNothing() {
		assertThat(parameter("egress")).isEqualTo("EgressDisabled");
		assertThat(this.bicep).contains("status: egress\n");
	}

	@Test
	void aSessionIsWhatTheLocalOneIs() {
		Cluster local = Cluster.pieces("local");
		Container session = local.deployment("sluice-session")
			.getSpec()
			.getTemplate()
			.getSpec()
			.getContainers()
			.getFirst();
		assertThat(this.bicep).contains("targetPort: " + session.getPorts().getFirst().getContainerPort());
		assertThat(parameter("sessionImage")).isEqualTo(session.getImage());
		assertThat(local.environment(session)).allSatisfy((name, value) -> assertThat(this.bicep)
			.containsPattern("name: '" + name + "'\\s+value: '" + Pattern.quote(value) + "'"));
	}

	private String parameter(String name) {
		Matcher matcher = Pattern.compile("(?m)^param " + name + " \\w+ = '?([^'\\n]*)'?$").matcher(this.bicep);
		assertThat(matcher.find()).as(name).isTrue();
		return matcher.group(1);
	}

}
