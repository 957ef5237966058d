package dev.sluice;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.sluice.adapter.AdapterProcess;
import dev.sluice.emulator.EmulatorProcess;
import dev.sluice.gateway.GatewayProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

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
		assertThat(output.getErr())
			.startsWith("Sluice does not start: server.address is 0.0.0.0, but no pool is configured")
			.contains("Set sluice.pools[0].endpoint")
			.hasLineCount(1);
		assertThat(output.getOut()).isEmpty();
	}

	@Test
	void aGatewayForStrangersKnowsItsClientsOrSaysThatItDoesNot(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS,
				Processes.pool(URI.create("http://127.0.0.1:1"), "--server.address=0.0.0.0"));
		assertThat(output)
			.contains("server.address is 0.0.0.0", "nothing says who may come in", "Set sluice.clients.keys",
					"sluice.clients.open=true")
			.hasLineCount(1);
	}

	@Test
	void aFileOfKeysThatIsNotThereIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.clients.file=/nowhere/keys.yaml");
		assertThat(output).contains("sluice.clients.file is '/nowhere/keys.yaml'", "there is no such file")
			.hasLineCount(1);
	}

	@Test
	void aKeyInPlaceOfItsHashIsNotWritten(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.clients.keys[0].name=alice",
				"--sluice.clients.keys[0].hash=key-of-alice", "--sluice.clients.jwt.issuer=https://issuer.example",
				"--sluice.clients.open=true");
		assertThat(output)
			.contains("sluice.clients.keys[0].hash has a value that is not shown here", "must be the 64 hex digits",
					"sluice.clients.jwt.audience is missing: without it, tokens for other services",
					"sluice.clients.open is 'true', but must not be true where there are keys")
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
		assertThat(output).contains("must be shares from 0 to 1, and all together no more than 1");
	}

	@Test
	void anAdapterWithoutEngineNeedsAPiston(CapturedOutput output) {
		refuses(AdapterProcess.class, AdapterProcess.DEFAULTS, "--sluice.engine.path=/nowhere");
		assertThat(output).contains("No sandbox works on this machine", "set sluice.adapter.piston-url")
			.doesNotContain("\tat ");
	}

	@Test
	void aLimitThatIsNoneIsNamed(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.limits.languages.python.run-timeout=-1s");
		assertThat(output).contains("sluice.limits.languages.python.run-timeout is '-1s', but must not be negative")
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

	@Test
	void aMisspeltSettingIsNoStart(CapturedOutput output) {
		refuses(GatewayProcess.class, GatewayProcess.DEFAULTS, "--sluice.admision.queue=5");
		assertThat(output.getAll()).isEqualTo("Sluice does not start: sluice.admision.queue is no setting of Sluice: "
				+ "did you mean sluice.admission.queue?\n");
	}

	@Test
	void aDoctorIsRefusedAsAGatewayIs(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> Sluice.examine("--sluice.pools[0].endpoint=http://127.0.0.1:1", "--sluice.pools[0].kind=docker"));
		assertThat(output.getAll())
			.isEqualTo("Sluice does not start: sluice.pools[0].kind is 'docker', but must be one "
					+ "of custom-container, piston\n");
	}

	@Test
	void aPortInUseIsNamed(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			refuses(AdapterProcess.class, AdapterProcess.DEFAULTS, "--sluice.adapter.piston-url=http://127.0.0.1:1",
					"--server.port=" + taken.getLocalPort());
			assertThat(output.getAll()).isEqualTo("Sluice does not start: server.port is " + taken.getLocalPort()
					+ ", but another process listens there: end that one, or set another port\n");
		}
	}

	@Test
	void settingsComeFromFilesAndTheirLinesAreNamed(@TempDir Path folder, CapturedOutput output) throws Exception {
		Files.writeString(folder.resolve("application.yml"), "sluice:\n  emulator:\n    full-status: 428\n");
		refuses(EmulatorProcess.class, EmulatorProcess.DEFAULTS, "--spring.config.additional-location=" + folder + "/",
				"--sluice.emulator.token=x");
		assertThat(output.getAll())
			.startsWith("Sluice does not start: sluice.emulator.full-status is '428', but must be " + "429 or 404 ("
					+ folder.resolve("application.yml") + ", line 3)");
	}

	/**
	 * As secrets are mounted: a file is a value, and its name a word that settings may
	 * use.
	 */
	@Test
	void settingsComeFromAFolderOfFilesToo(@TempDir Path folder, CapturedOutput output) throws Exception {
		Files.writeString(folder.resolve("exams-kind"), "docker");
		assertThatException().isThrownBy(() -> Sluice.examine("--spring.config.import=configtree:" + folder + "/",
				"--sluice.pools[0].endpoint=http://127.0.0.1:1", "--sluice.pools[0].kind=${exams-kind}"));
		assertThat(output).contains("sluice.pools[0].kind is '", "must be one of custom-container, piston")
			.hasLineCount(1);
	}

	@Test
	void aSecretThatIsNotMountedIsNamed(CapturedOutput output) {
		assertThatException().isThrownBy(() -> Sluice.examine("--sluice.pools[0].endpoint=http://127.0.0.1:1",
				"--sluice.pools[0].credential.kind=static", "--sluice.pools[0].credential.token=${exams-token}"));
		assertThat(output.getAll()).isEqualTo("Sluice does not start: sluice.pools[0].credential.token names "
				+ "${exams-token}, and nothing of that name is set\n");
	}

	@Test
	void aFileThatIsNoYamlIsToldWithoutItsWords(@TempDir Path folder, CapturedOutput output) throws Exception {
		Files.writeString(folder.resolve("application.yml"), "sluice:\n  emulator:\n    token: [secret\n");
		assertThatException().isThrownBy(() -> Sluice.examine("--spring.config.additional-location=" + folder + "/"));
		assertThat(output.getAll()).isEqualTo("Sluice does not start: " + folder.resolve("application.yml")
				+ " is no YAML at line 4, or names a setting twice\n");
	}

	@Test
	void ofTwoFilesBesideEachOtherTheOneOfPropertiesIsTheStronger(@TempDir Path folder, CapturedOutput output)
			throws Exception {
		Files.writeString(folder.resolve("application.yml"), "sluice.retry.attempts: many\n");
		Files.writeString(folder.resolve("application.properties"), "sluice.retry.attempts=several\n");
		assertThatException().isThrownBy(() -> Sluice.examine("--spring.config.additional-location=" + folder + "/"));
		assertThat(output).contains("sluice.retry.attempts is 'several'");
	}

	@Test
	void aListOfTwoSourcesIsToldToComeFromOne(@TempDir Path folder, CapturedOutput output) throws Exception {
		Path file = folder.resolve("application.yml");
		Files.writeString(file, "sluice:\n  pools:\n  - endpoint: http://127.0.0.1:1\n");
		assertThatException().isThrownBy(() -> Sluice.examine("--spring.config.additional-location=" + folder + "/",
				"--sluice.pools[0].name=exams"));
		assertThat(output.getAll()).isEqualTo("Sluice does not start: sluice.pools[0].endpoint is missing: set it to "
				+ "the pool's management endpoint; sluice.pools[0].endpoint is set (" + file + ", line 3), but a list "
				+ "comes whole from its strongest source\n");
	}

	@Test
	void aPortThatIsNoneIsNamed(CapturedOutput output) {
		refuses(AdapterProcess.class, AdapterProcess.DEFAULTS, "--server.port=abc");
		assertThat(output.getAll())
			.isEqualTo("Sluice does not start: server.port is 'abc', but must be a whole number\n");
	}

	private static void refuses(Class<?> process, Map<String, Object> defaults, String... args) {
		assertThatException().isThrownBy(() -> Processes.process(process, defaults, args).close());
	}

}
