package dev.sluice.admission;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import dev.sluice.execution.Client;
import dev.sluice.execution.Credentials;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Priority;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ClientsTests {

	private static final String KEY = "key-of-alice";

	private static final KeyProperties ALICE = TestClients.key("alice", KEY, null, 2);

	private final Clients clients = TestClients.of(false, List.of(ALICE, new KeyProperties("alice",
			"sha256:" + TestClients.hash("new-key-of-alice").toUpperCase(Locale.ROOT), Priority.BATCH, null, null, 2)));

	@Test
	void aClientIsKnownByItsKeyInEitherHeader() {
		assertThat(identify(KEY, null)).isEqualTo(new Client("alice", Priority.INTERACTIVE));
		assertThat(identify(null, KEY)).isEqualTo(new Client("alice", Priority.INTERACTIVE));
	}

	@Test
	void aKeyInItsOwnHeaderGoesFirst() {
		assertThat(identify("something-of-a-proxy", KEY).name()).isEqualTo("alice");
		assertThat(refused(this.clients, KEY, "wrong").message()).contains("your key is none of theirs");
	}

	@Test
	void keysOfOneClientShareWhatItMayHaveAndEachHasItsPriority() {
		Client old = identify(KEY, null);
		Client next = identify(null, "new-key-of-alice");
		assertThat(next).isEqualTo(new Client("alice", Priority.BATCH));
		Pass one = this.clients.admit(old);
		this.clients.admit(next);
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> this.clients.admit(old))
			.satisfies((failure) -> assertThat(failure.code()).isEqualTo(FailureCode.QUOTA_EXCEEDED));
		one.giveBack();
		this.clients.admit(old);
		assertThat(this.clients.running()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "wrong", "", "key-of-alic", "key-of-alice ", "a.b.c" })
	void aWrongKeyIsNobodys(String key) {
		for (ExecutionFailure failure : List.of(refused(this.clients, key, null), refused(this.clients, null, key))) {
			assertThat(failure.code()).isEqualTo(FailureCode.UNAUTHENTICATED);
			assertThat(failure.retryable()).isFalse();
			assertThat(failure.message()).contains("your key is none of theirs");
		}
	}

	@Test
	void whoShowsNothingIsToldWhatToSend() {
		ExecutionFailure failure = refused(this.clients, null, null);
		assertThat(failure.code()).isEqualTo(FailureCode.UNAUTHENTICATED);
		assertThat(failure.message()).contains("Authorization: Bearer KEY", "X-API-Key: KEY");
	}

	@Test
	void whereNobodyIsConfiguredEverybodyMayCome() {
		Clients open = TestClients.open(false);
		assertThat(open.isOpenUnasked()).isTrue();
		assertThat(TestClients.open(true).isOpenUnasked()).isFalse();
		Client anyone = identify(open, "whatever", null);
		assertThat(anyone.name()).isNull();
		assertThat(open.admit(anyone)).isSameAs(Pass.FREE);
		assertThat(open.description()).isEqualTo("clients    open: whoever reaches it may run programs");
	}

	@Test
	void whoMayComeInIsSaid() {
		assertThat(this.clients.isOpenUnasked()).isFalse();
		assertThat(this.clients.description()).isEqualTo("clients    2 API keys of 1 client");
	}

	@Test
	void whatIsNotSaidOfAClientIsTheDefault() {
		Clients limited = TestClients.of(new ClientsProperties(false,
				List.of(ALICE, TestClients.key("bob", "bobs", 7.0, null)), null, null, new Limits(3.0, 12, 1)));
		assertThat(limited.quota(new Client("alice", Priority.INTERACTIVE))).extracting("most").isEqualTo(12L);
		assertThat(limited.quota(new Client("bob", Priority.INTERACTIVE))).extracting("window")
			.isEqualTo(Duration.ofSeconds(2));
		limited.admit(new Client("bob", Priority.INTERACTIVE));
		assertThatExceptionOfType(ExecutionFailure.class)
			.isThrownBy(() -> limited.admit(new Client("bob", Priority.INTERACTIVE)));
	}

	@Test
	void keysThatContradictEachOtherAreRefused() {
		assertThat(KeyRing.agree(List.of(ALICE, TestClients.key("bob", KEY, null, null)))).isFalse();
		assertThat(KeyRing.agree(List.of(ALICE, TestClients.key("alice", "other", null, 3)))).isFalse();
		assertThat(KeyRing.agree(List.of(ALICE, TestClients.key("alice", "other", null, 2)))).isTrue();
		assertThat(new ClientsProperties(true, List.of(ALICE), null, null, Limits.NONE).isOpenWhereNobodyIsAsked())
			.isFalse();
	}

	@Test
	void aBurstWithoutARateIsRefused() {
		KeyProperties burst = new KeyProperties("bob", TestClients.hash("bobs"), Priority.BATCH, null, 5, null);
		for (ClientsProperties wrong : List.of(new ClientsProperties(false, List.of(burst), null, null, Limits.NONE),
				new ClientsProperties(false, List.of(ALICE), null, null, new Limits(null, 5, 1)),
				new ClientsProperties(true, List.of(), null, null, new Limits(null, 5, 1)))) {
			assertThat(TestClients.VALIDATOR.validate(wrong)).singleElement().satisfies((violation) -> {
				assertThat(violation.getPropertyPath()).hasToString("burstOfARate");
				assertThat(violation.getMessage()).contains("Set rate beside burst", "sluice.clients.defaults.rate");
			});
		}
		assertThat(TestClients.VALIDATOR
			.validate(new ClientsProperties(false, List.of(burst), null, null, new Limits(1.0, null, null)))).isEmpty();
	}

	@Test
	void nothingSecretIsWritten() {
		assertThat(ALICE.toString()).isEqualTo("KeyProperties[alice]");
		assertThat(new Credentials(KEY, KEY).toString()).doesNotContain(KEY);
	}

	private Client identify(@Nullable String bearer, @Nullable String key) {
		return identify(this.clients, bearer, key);
	}

	private static Client identify(Clients clients, @Nullable String bearer, @Nullable String key) {
		return clients.identify(new Credentials(bearer, key)).blockOptional(Duration.ofSeconds(5)).orElseThrow();
	}

	private static ExecutionFailure refused(Clients clients, @Nullable String bearer, @Nullable String key) {
		return catchThrowableOfType(ExecutionFailure.class, () -> identify(clients, bearer, key));
	}

}
