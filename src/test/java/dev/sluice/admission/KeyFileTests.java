package dev.sluice.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Client;
import dev.sluice.execution.Credentials;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Priority;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class KeyFileTests {

	private static final String OLD = "the-old-key";

	private static final String NEW = "the-new-key";

	@TempDir
	private Path folder;

	private @Nullable Clients clients;

	@AfterEach
	void close() {
		if (this.clients != null) {
			this.clients.close();
		}
	}

	@Test
	void aFileBehindANewSymbolicLinkIsReadAnew() throws Exception {
		Path first = Files.createDirectory(this.folder.resolve("..1"));
		Path second = Files.createDirectory(this.folder.resolve("..2"));
		Files.writeString(first.resolve("keys.yaml"), yaml("alice", OLD, "concurrency: 1"));
		Files.writeString(second.resolve("keys.yaml"), yaml("bob", NEW, "priority: batch"));
		// As Kubernetes mounts a secret.
		Path data = Files.createSymbolicLink(this.folder.resolve("..data"), first);
		Path file = Files.createSymbolicLink(this.folder.resolve("keys.yaml"), Path.of("..data/keys.yaml"));
		Clients opened = open(file);
		assertThat(name(opened, OLD)).isEqualTo("alice");
		assertThat(name(opened, NEW)).isNull();
		Path next = Files.createSymbolicLink(this.folder.resolve("..next"), second);
		Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		await().atMost(5, TimeUnit.SECONDS).until(() -> "bob".equals(name(opened, NEW)));
		assertThat(name(opened, OLD)).isNull();
		assertThat(opened.identify(new Credentials(NEW, null)).block(Duration.ofSeconds(5)))
			.isEqualTo(new Client("bob", Priority.BATCH));
	}

	@Test
	void aBrokenFileKeepsTheOldKeysInForceAndIsToldOnce(CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.folder.resolve("keys.yaml"), yaml("alice", OLD, "rate: 5"));
		Clients opened = open(file);
		Files.writeString(file, "keys:\n- name: alice\n  hash: a-key-instead-of-its-hash\n");
		await().atMost(5, TimeUnit.SECONDS).until(() -> output.getOut().contains("keys[0].hashOfAKey"));
		assertThat(name(opened, OLD)).isEqualTo("alice");
		Files.delete(file);
		await().atMost(5, TimeUnit.SECONDS).until(() -> output.getOut().contains("there is no such file"));
		assertThat(name(opened, OLD)).isEqualTo("alice");
		Files.writeString(file, yaml("alice", NEW, "rate: 5"));
		await().atMost(5, TimeUnit.SECONDS).until(() -> "alice".equals(name(opened, NEW)));
		assertThat(output.getOut().split("keys\\[0\\].hashOfAKey", -1)).hasSize(2);
		assertThat(output.getOut()).contains(file.toString(), "the ones of before stay in force")
			.doesNotContain("a-key-instead-of-its-hash", OLD, TestClients.hash(OLD));
	}

	@Test
	void aFileThatIsBeingWrittenIsWaitedFor(CapturedOutput output) throws Exception {
		String one = yaml("alice", OLD, "rate: 5");
		String two = one + yaml("bob", NEW, "rate: 5").replace("keys:\n", "");
		Path file = Files.writeString(this.folder.resolve("keys.yaml"), two);
		List<List<KeyProperties>> read = new ArrayList<>();
		try (KeyFile keys = new KeyFile(file, TestClients.VALIDATOR, Duration.ofHours(1), read::add)) {
			keys.look();
			for (String half : List.of("", "keys:\n- na", one)) {
				Files.writeString(file, half);
				keys.look();
			}
			Files.writeString(file, two);
			keys.look();
			keys.look();
			assertThat(read).hasSize(1);
			Files.writeString(file, one);
			keys.look();
			keys.look();
			assertThat(read).hasSize(2).last().asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(1);
		}
		assertThat(output.getOut()).doesNotContain("can't be read anew");
	}

	@Test
	void aFileMayBeJsonAndItsKeysCountWithThoseOfTheSettings() throws Exception {
		Path file = Files.writeString(this.folder.resolve("keys.json"),
				"{\"keys\": [{\"name\": \"bob\", \"hash\": \"%s\", \"rate\": 0.5}]}".formatted(TestClients.hash(NEW)));
		Clients opened = TestClients.of(List.of(TestClients.key("alice", OLD, null, null)), file);
		this.clients = opened;
		assertThat(name(opened, OLD)).isEqualTo("alice");
		assertThat(name(opened, NEW)).isEqualTo("bob");
		assertThat(opened.description()).isEqualTo("clients    2 API keys of 2 clients");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                                                | keys is missing, or empty
			keys: []                                          | keys is missing, or empty
			keys: [                                           | line 1 is no YAML
			one-word                                          | keys
			'keys: [{name: alice}]'                           | keys[0].hash is missing
			'keys: [{hash: HASH}]'                            | keys[0].name is missing
			'keys: [{name: alice, hash: a-secret}]'           | keys[0].hashOfAKey must be the 64 hex digits
			'keys: [{name: alice, hash: HASH, rate: secret}]' | keys[0].rate can't be read
			'keys: [{name: alice, hash: HASH, rate: 0}]'      | keys[0].rate must be greater than or equal to 0.001
			'keys: [{name: alice, hash: HASH, bursts: 2}]'    | keys[0].bursts is not known
			'keys: [{name: alice, hash: HASH, burst: 2}]'     | keys[0] has a burst
			'keys: [{name: a:b, hash: HASH}]'                 | keys[0].name must have 1 to 64 letters
			'keys: [{name: a, hash: HASH}, {name: b, hash: HASH}]' | must name each key once
			""")
	void aBrokenFileIsNoStart(String content, String reason) throws Exception {
		Path file = Files.writeString(this.folder.resolve("keys.yaml"), content.replace("HASH", TestClients.hash(OLD)));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> open(file))
			.satisfies((failure) -> assertThat(failure.getReason()).contains(reason).doesNotContain("secret"))
			.satisfies((failure) -> assertThat(failure.getValue()).hasToString(file.toString()));
	}

	@Test
	void aMissingFileIsNoStart() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> open(this.folder.resolve("nowhere")))
			.satisfies((failure) -> assertThat(failure.getReason()).contains("there is no such file"));
	}

	private Clients open(Path file) {
		Clients opened = TestClients.of(List.of(), file);
		this.clients = opened;
		return opened;
	}

	private static @Nullable String name(Clients clients, String key) {
		return clients.identify(new Credentials(key, null))
			.onErrorComplete(ExecutionFailure.class)
			.mapNotNull(Client::name)
			.block(Duration.ofSeconds(5));
	}

	private static String yaml(String name, String key, String more) throws IOException {
		return "keys:\n- name: " + name + "\n  hash: sha256:" + TestClients.hash(key) + "\n  " + more + "\n";
	}

}
