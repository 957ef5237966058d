package dev.sluice.gateway;

import java.net.InetAddress;

import dev.sluice.admission.Clients;
import dev.sluice.admission.TestClients;
import dev.sluice.http.StartRefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OpenRuleTests {

	@Test
	void everybodyIsServedOnLoopbackOnlyUnlessThatIsMeant() throws Exception {
		InetAddress any = InetAddress.getByName("0.0.0.0");
		for (@Nullable
		InetAddress address : new InetAddress[] { any, InetAddress.getByName("192.0.2.1"), null }) {
			assertThatExceptionOfType(StartRefusedException.class)
				.isThrownBy(() -> OpenRule.check(TestClients.open(false), address))
				.satisfies((refused) -> assertThat(refused.action()).contains("sluice.clients.open=true"));
			OpenRule.check(TestClients.open(true), address);
			OpenRule.check(alice(), address);
		}
		OpenRule.check(TestClients.open(false), InetAddress.getLoopbackAddress());
	}

	private static Clients alice() {
		return TestClients.alice("key", null, null);
	}

}
