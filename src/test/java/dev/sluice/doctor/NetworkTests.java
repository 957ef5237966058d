package dev.sluice.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import dev.sluice.doctor.Finding.State;
import dev.sluice.pool.TestPools;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TLS, with certificates that the test makes.
 */
class NetworkTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	@TempDir
	private Path folder;

	@ParameterizedTest
	@CsvSource({ "localhost, SOUND, is trusted and for this host", "elsewhere.example, BROKEN, the handshake failed" })
	void aCertificateIsToBeForTheHost(String host, State state, String words) throws Exception {
		SSLContext tls = tls(host);
		try (MockWebServer server = serve(tls)) {
			List<Finding> findings = Network.examine(URI.create("https://localhost:" + server.getPort()),
					tls.getSocketFactory());
			assertThat(findings).extracting(Finding::state).containsExactly(State.SOUND, State.SOUND, state);
			assertThat(findings.getLast().seen()).contains(words);
		}
	}

	@Test
	void aCertificateThatNobodyTrustsIsTheTls() throws Exception {
		try (MockWebServer server = serve(tls("localhost"))) {
			List<Finding> findings = Objects.requireNonNull(new Doctor()
				.examine(TestPools.at(URI.create("https://localhost:" + server.getPort())).all().getFirst())
				.block(Duration.ofSeconds(30)));
			assertThat(findings).filteredOn((finding) -> finding.state() == State.BROKEN)
				.singleElement()
				.satisfies((finding) -> assertThat(finding.link()).isEqualTo("tls"))
				.satisfies((finding) -> assertThat(finding.mend()).contains("trusts"));
			assertThat(findings).filteredOn((finding) -> finding.state() == State.UNKNOWN).hasSize(8);
		}
	}

	private static MockWebServer serve(SSLContext tls) throws IOException {
		MockWebServer server = new MockWebServer();
		server.useHttps(tls.getSocketFactory());
		server.start();
		return server;
	}

	/** Shows a certificate for a host, and trusts it. */
	private SSLContext tls(String host) throws Exception {
		Path file = this.folder.resolve("keys.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-keystore", file.toString(), "-storepass", new String(PASSWORD), "-alias", "test",
				"-keyalg", "EC", "-dname", "CN=test", "-ext", "SAN=dns:" + host)
			.inheritIO()
			.start();
		assertThat(keytool.waitFor(20, TimeUnit.SECONDS)).isTrue();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			keys.load(in, PASSWORD);
		}
		KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		shown.init(keys, PASSWORD);
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("test", keys.getCertificate("test"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
		return tls;
	}

}
