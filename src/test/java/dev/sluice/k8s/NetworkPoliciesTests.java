package dev.sluice.k8s;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may reach whom.
 */
@ParameterizedClass
@MethodSource("clusters")
class NetworkPoliciesTests {

	/** That of the cluster, and the caches that may be on the node. */
	private static final Set<String> DNS = Stream
		.of("{kubernetes.io/metadata.name=kube-system}{k8s-app=kube-dns} 53", "169.254.20.10/32 53",
				"169.254.10.10/31 53")
		.flatMap((one) -> Stream.of(one, one + "/UDP"))
		.collect(Collectors.toSet());

	@Parameter
	Cluster cluster;

	static List<Cluster> clusters() {
		return Clusters.all();
	}

	@Test
	void nothingIsOpenUnasked() {
		assertThat(this.cluster.all(NetworkPolicy.class)).anySatisfy((policy) -> {
			assertThat(policy.getSpec().getPodSelector()).isEqualTo(new LabelSelector());
			assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
			assertThat(policy.getSpec().getIngress()).isEmpty();
			assertThat(policy.getSpec().getEgress()).isEmpty();
		});
	}

	@Test
	void theIngressAndTheScraperReachTheGateway() {
		assertThat(opened("sluice-gateway", "from")).containsExactlyInAnyOrder("{sluice.dev/ingress=true} 8080",
				"{sluice.dev/scraper=true} 8081");
	}

	@Test
	void theGatewayReachesItsPool() {
		Set<String> to = new HashSet<>(DNS);
		to.add(this.cluster.isOf("local") ? "sluice-emulator 8083"
				: "0.0.0.0/0 but [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16] 443");
		if (this.cluster.has("managed-identity")) {
			to.add("169.254.169.254/32 80");
		}
		if (this.cluster.has("telemetry")) {
			to.add("{sluice.dev/telemetry=true} 4318");
		}
		assertThat(opened("sluice-gateway", "to")).isEqualTo(to);
	}

	@Test
	void programsReachNothing() {
		if (!this.cluster.isOf("local")) {
			assertThat(this.cluster.all(Deployment.class)).as("none runs here").hasSize(1);
			return;
		}
		assertThat(opened("sluice-emulator", "from")).containsExactly("sluice-gateway 8083");
		Set<String> to = new HashSet<>(DNS);
		to.add("sluice-session 8082");
		assertThat(opened("sluice-emulator", "to")).isEqualTo(to);
		assertThat(opened("sluice-session", "from")).containsExactly("sluice-emulator 8082");
		assertThat(opened("sluice-session", "to")).isEmpty();
	}

	/** Who may come, or be called, and at which of the ports. */
	private Set<String> opened(String deployment, String direction) {
		Set<String> opened = new HashSet<>();
		for (NetworkPolicy policy : this.cluster.all(NetworkPolicy.class)) {
			List<Deployment> pods = this.cluster.pods(policy.getSpec().getPodSelector());
			if (pods.stream().noneMatch((pod) -> pod.getMetadata().getName().equals(deployment))) {
				continue;
			}
			if (direction.equals("from")) {
				policy.getSpec()
					.getIngress()
					.forEach((rule) -> opened
						.addAll(opened(rule.getFrom(), rule.getPorts(), this.cluster.deployment(deployment))));
			}
			else {
				policy.getSpec()
					.getEgress()
					.forEach((rule) -> opened.addAll(opened(rule.getTo(), rule.getPorts(), null)));
			}
		}
		return opened;
	}

	private Set<String> opened(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports, Deployment listener) {
		assertThat(peers).as("no peers are all of them").isNotEmpty();
		assertThat(ports).as("no ports are all of them").isNotEmpty();
		Set<String> opened = new HashSet<>();
		for (NetworkPolicyPeer peer : peers) {
			for (NetworkPolicyPort port : ports) {
				Deployment own = (listener != null) ? listener : own(peer);
				if (own != null) {
					assertThat(Cluster.isPort(own, port.getPort())).as("%s of %s", port, own.getMetadata().getName())
						.isTrue();
				}
				opened.add(words(peer) + " " + number(own, port.getPort())
						+ (port.getProtocol().equals("TCP") ? "" : "/" + port.getProtocol()));
			}
		}
		return opened;
	}

	/** The pods of this namespace that a peer is. */
	private Deployment own(NetworkPolicyPeer peer) {
		return (peer.getNamespaceSelector() == null && peer.getPodSelector() != null)
				? this.cluster.pods(peer.getPodSelector()).getFirst() : null;
	}

	private String words(NetworkPolicyPeer peer) {
		if (peer.getIpBlock() != null) {
			List<String> except = peer.getIpBlock().getExcept();
			return peer.getIpBlock().getCidr() + (except.isEmpty() ? "" : " but " + except);
		}
		if (peer.getNamespaceSelector() == null) {
			return own(peer).getMetadata().getName();
		}
		return peer.getNamespaceSelector().getMatchLabels().toString()
				+ ((peer.getPodSelector() != null) ? peer.getPodSelector().getMatchLabels() : "");
	}

	private static String number(Deployment deployment, IntOrString port) {
		return (port.getIntVal() != null) ? port.getIntVal().toString()
				: Cluster.ports(deployment)
					.filter((one) -> one.getName().equals(port.getStrVal()))
					.findAny()
					.orElseThrow()
					.getContainerPort()
					.toString();
	}

}
