package dev.sluice;

import java.net.URI;
import java.util.Map;

import dev.sluice.adapter.AdapterProcess;
import dev.sluice.emulator.EmulatorProcess;
import dev.sluice.gateway.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What does not start, and what it says.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartTests {

	@Test
	void aGatewayForStrangersNeedsAPool(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--server.address=0.0.0.0");
		assertThat(output).contains("No pool is configured", "Set sluice.pools[0].endpoint").doesNotContain("\tat ");
	}

	@Test
	void aGatewayForStrangersKnowsItsClientsOrSaysThatItDoesNot(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS,
				Processes.pool(URI.create("http://127.0.0.1:1"), "--server.address=0.0.0.0"));
		assertThat(output)
			.contains("Nothing says who may come in", "Set sluice.clients.keys", "sluice.clients.open=true")
			.doesNotContain("\tat ");
	}

	@Test
	void aFileOfKeysThatIsNotThereIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.clients.file=/nowhere/keys.yaml");
		assertThat(output).contains("sluice.clients.file", "/nowhere/keys.yaml", "there is no such file")
			.doesNotContain("\tat ");
	}

	@Test
	void aKeyInPlaceOfItsHashIsNotWritten(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.clients.keys[0].name=alice",
				"--sluice.clients.keys[0].hash=key-of-alice", "--sluice.clients.jwt.issuer=https://issuer.example",
				"--sluice.clients.open=true");
		assertThat(output)
			.contains("sluice.clients.keys[0].hashOfAKey", "must be the 64 hex digits", "sluice.clients.jwt.audience",
					"is missing: without it, tokens for other services", "sluice.clients.openWhereNobodyIsAsked")
			.doesNotContain("key-of-alice")
			.doesNotContain("\tat ");
	}

	@Test
	void anAdapterForStrangersNeedsASandbox(CapturedOutput output) {
		refuses(AdapterProcess.class, AdapterProcess.DEFAULTS, "--server.address=0.0.0.0",
				"--sluice.engine.sandbox=rlimits");
		assertThat(output).contains("only loopback may reach them", "NOT ENFORCED", "Install bubblewrap")
			.doesNotContain("\tat ");
	}

	@Test
	void anEmulatorForStrangersNeedsASandboxToo(CapturedOutput output) {
		refuses(EmulatorProcess.class, EmulatorProcess.DEFAULTS, "--server.address=0.0.0.0",
				"--sluice.engine.sandbox=rlimits", "--sluice.emulator.token=x");
		assertThat(output).contains("only loopback may reach them").doesNotContain("\tat ");
	}

	@Test
	void anEmulatorNeedsAToken(CapturedOutput output) {
		refuses(EmulatorProcess.class, EmulatorProcess.DEFAULTS);
		assertThat(output).contains("Set sluice.emulator.token").doesNotContain("\tat ");
	}

	@Test
	void faultsThatAreNoSharesAreRefused(CapturedOutput output) {
		refuses(EmulatorProcess.class, EmulatorProcess.DEFAULTS, "--sluice.emulator.token=x",
				"--sluice.emulator.adapter-url=http://127.0.0.1:1", "--sluice.emulator.faults.rates.full=0.6",
				"--sluice.emulator.faults.rates.slow=0.6");
		assertThat(output).contains("all together are no more than 1");
	}

	@Test
	void aFullPoolHasOneOfTwoStatuses(CapturedOutput output) {
		refuses(EmulatorProcess.class, EmulatorProcess.DEFAULTS, "--sluice.emulator.token=x",
				"--sluice.emulator.adapter-url=http://127.0.0.1:1", "--sluice.emulator.full-status=428");
		assertThat(output).contains("must be 429 or 404");
	}

	@Test
	void anAdapterWithoutEngineNeedsAPiston(CapturedOutput output) {
		refuses(AdapterProcess.class, AdapterProcess.DEFAULTS, "--sluice.engine.path=/nowhere");
		assertThat(output).contains("No sandbox works on this machine", "set sluice.adapter.piston-url")
			.doesNotContain("\tat ");
	}

	@Test
	void aPoolThatIsNoAddressIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.pools[0].endpoint=mypool");
		assertThat(output).contains("sluice.pools[0]", "must be an http or https address").doesNotContain("\tat ");
	}

	@Test
	void aPoolWithoutEndpointIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.pools[0].name=mine");
		assertThat(output).contains("sluice.pools[0].endpoint", "is missing").doesNotContain("\tat ");
	}

	@Test
	void aStaticCredentialNeedsItsToken(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.pools[0].endpoint=http://127.0.0.1:1",
				"--sluice.pools[0].credential.kind=static");
		assertThat(output).contains("sluice.pools[0].credential", "token-file").doesNotContain("\tat ");
	}

	@Test
	void aLimitThatIsNoneIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.limits.languages.python.run-timeout=-1s");
		assertThat(output).contains("sluice.limits.languages[python].runTimeout", "must not be negative")
			.doesNotContain("\tat ");
	}

	@Test
	void anOriginThatIsNoneIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.http.cors.origins=https://app.example/");
		assertThat(output).contains("must be * or origins without a path").doesNotContain("\tat ");
	}

	@Test
	void roomForLessThanOneBodyIsRefused(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.http.max-held=1MB");
		assertThat(output).contains("must be at least as much as max-body").doesNotContain("\tat ");
	}

	@Test
	void theDoctorIsContentWithTheEmbeddedChain(CapturedOutput output) {
		assertThat(Sluice.examine()).isZero();
		assertThat(output).contains("✓ token", "✓ authorised", "✓ path", "✓ stdout").doesNotContain("✗");
	}

	@Test
	void theDoctorNamesTheLinkThatIsBroken(CapturedOutput output) {
		assertThat(Sluice.examine("--sluice.pools[0].endpoint=http://127.0.0.1:1",
				"--sluice.pools[0].credential.kind=static", "--sluice.pools[0].credential.token=x"))
			.isOne();
		assertThat(output).contains("✓ name", "✗ connects", "nothing accepts connections", "? token", "? engine");
	}

	@Test
	void theDoctorIsContentOnlyWithAllPools(CapturedOutput output) {
		try (RawServer piston = new RawServer().answers(200, "Content-Type: application/json\n",
				"{\"run\":{\"stdout\":\"42\\n\"}}")) {
			assertThat(Sluice.examine("--sluice.pools[0].name=one", "--sluice.pools[0].kind=piston",
					"--sluice.pools[0].endpoint=" + piston.address(), "--sluice.pools[1].name=two",
					"--sluice.pools[1].kind=piston", "--sluice.pools[1].endpoint=http://127.0.0.1:1"))
				.isOne();
			assertThat(output).contains("pool one", "– token", "✓ stdout", "pool two", "✗ connects");
		}
	}

	private static void refuses(Class<?> process, Map<String, Object> defaults, String... args) {
		String[] all = new String[args.length + 1];
		all[0] = "--server.port=0";
		System.arraycopy(args, 0, all, 1, args.length);
		assertThatException().isThrownBy(() -> Sluice.serve(process, defaults, all).close());
	}

}
