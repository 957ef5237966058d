package dev.sluice.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

class TokensTests {

	private static final Duration WITHIN = Duration.ofSeconds(10);

	private final AtomicInteger calls = new AtomicInteger();

	@Test
	void manyWhoNeedATokenMakeOneCall() {
		Tokens tokens = tokens((request) -> Mono.delay(Duration.ofMillis(100)).map((tick) -> lasting(60)));
		StepVerifier.create(Flux.range(0, 1000).flatMap((number) -> tokens.get(), 1000).map(AccessToken::getToken))
			.expectNextCount(1000)
			.expectComplete()
			.verify(WITHIN);
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void aTokenThatSoonExpiresIsRenewed() {
		Tokens tokens = tokens((request) -> Mono.just(lasting(4)));
		tokens.get().block(WITHIN);
		tokens.get().block(WITHIN);
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void aFailureIsTypedAndNotKept() {
		Tokens tokens = tokens((request) -> (this.calls.get() == 1)
				? Mono.error(new IllegalStateException("secret details")) : Mono.just(lasting(60)));
		StepVerifier.create(tokens.get()).expectErrorSatisfies((error) -> {
			assertThat(((ExecutionFailure) error).code()).isEqualTo(FailureCode.TOKEN_UNAVAILABLE);
			assertThat(error).hasMessageContaining("some-scope").hasMessageNotContaining("secret");
		}).verify(WITHIN);
		assertThat(tokens.get().block(WITHIN)).isNotNull();
	}

	@Test
	void aCredentialThatBlocksOrNeverAnswersIsBounded() {
		Tokens tokens = new Tokens("test", (request) -> Mono.fromCallable(() -> {
			Thread.sleep(60_000);
			return lasting(60);
		}), "some-scope", Duration.ofMillis(200));
		StepVerifier.create(tokens.get()).expectError(ExecutionFailure.class).verify(WITHIN);
	}

	@Test
	void aTokenFileIsReadAgain(@TempDir Path folder) throws IOException {
		Path file = Files.writeString(folder.resolve("token"), "first\n");
		TokenCredential credential = Credentials
			.of(new CredentialProperties(CredentialProperties.Kind.STATIC, "scope", null, null, file, WITHIN));
		assertThat(credential.getTokenSync(null).getToken()).isEqualTo("first");
		Files.writeString(file, "second");
		assertThat(credential.getTokenSync(null).getToken()).isEqualTo("second");
	}

	@Test
	void whatAnIdentityLacksInItsEnvironmentIsATypedFailure() {
		TokenCredential credential = Credentials.of(new CredentialProperties(
				CredentialProperties.Kind.WORKLOAD_IDENTITY, "some-scope", null, null, null, WITHIN));
		StepVerifier.create(tokens(credential).get()).expectErrorSatisfies((error) -> {
			assertThat(((ExecutionFailure) error).code()).isEqualTo(FailureCode.TOKEN_UNAVAILABLE);
			assertThat(error).hasMessageContaining("credential.kind");
		}).verify(WITHIN);
	}

	private Tokens tokens(TokenCredential credential) {
		return new Tokens("test", (request) -> Mono.defer(() -> {
			this.calls.incrementAndGet();
			return credential.getToken(request);
		}), "some-scope", WITHIN);
	}

	private static AccessToken lasting(int minutes) {
		return new AccessToken("t", OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(minutes));
	}

}
