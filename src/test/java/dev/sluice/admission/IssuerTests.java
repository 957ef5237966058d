package dev.sluice.admission;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Client;
import dev.sluice.execution.Credentials;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Priority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tokens of an issuer that is a server made for the test.
 */
@ExtendWith(OutputCaptureExtension.class)
class IssuerTests {

	private static final String AUDIENCE = "sluice";

	private static final String DISCOVERY = "/realm/.well-known/openid-configuration";

	private static final ECKey KEY = ec("one");

	private final RawServer server = new RawServer().answersBy(this::answer);

	private final String issuer = this.server.address() + "/realm";

	private final Clients clients = clients(null, Duration.ofSeconds(5));

	private volatile List<JWK> keys = List.of(KEY);

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void aClientIsKnownByItsTokenAndTheKeysAreAskedForOnce() throws Exception {
		assertThat(this.server.requests()).isEmpty();
		String token = token(claims().subject("alice").build());
		Client alice = new Client("jwt:alice", Priority.BATCH);
		assertThat(identify(token)).isEqualTo(alice);
		assertThat(identify(token)).isEqualTo(alice);
		assertThat(identify(token(claims().subject("bob").build())).name()).isEqualTo("jwt:bob");
		assertThat(this.server.count(DISCOVERY)).isOne();
		assertThat(this.server.count("/realm/keys")).isOne();
		assertThat(this.clients.description()).isEqualTo("clients    JWT of " + this.issuer);
	}

	@Test
	void eachClientHasWhatItMay() throws Exception {
		Client alice = identify(token(claims().subject("alice").build()));
		Pass pass = this.clients.admit(alice);
		assertThat(catchThrowableOfType(ExecutionFailure.class, () -> this.clients.admit(alice)).code())
			.isEqualTo(FailureCode.QUOTA_EXCEEDED);
		this.clients.admit(identify(token(claims().subject("bob").build()))).giveBack();
		pass.giveBack();
		assertThat(this.clients.running()).isZero();
	}

	@Test
	void aTokenMayBeSignedByRsaAndBeAnAccessTokenByType() throws Exception {
		RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
		this.keys = List.of(KEY, rsa);
		JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa")
			.type(new JOSEObjectType("at+jwt"))
			.build();
		assertThat(identify(token(header, claims().subject("alice").build(), new RSASSASigner(rsa))).name())
			.isEqualTo("jwt:alice");
	}

	@Test
	void aTokenThatIsNotGoodIsRefusedAndToldWhy() throws Exception {
		Date past = Date.from(Instant.now().minusSeconds(120));
		assertRefused(token(claims().expirationTime(past).build()), "expired");
		assertRefused(token(claims().expirationTime(null).build()), "exp is required");
		assertRefused(token(claims().notBeforeTime(Date.from(Instant.now().plusSeconds(120))).build()), "used before");
		assertRefused(token(claims().audience("another").build()), "aud claim is not valid");
		assertRefused(token(claims().audience((String) null).build()), "aud claim is not valid");
		assertRefused(token(claims().issuer("http://evil.example").build()), "iss claim is not valid");
		assertRefused(token(claims().subject(null).build()), "claim sub is no name");
		assertRefused(token(claims().subject("a\nb").build()), "claim sub is no name");
		assertRefused(token(claims().subject("x".repeat(256)).build()), "claim sub is no name");
	}

	@Test
	void aTokenThatTheIssuerDidNotSignIsRefused() throws Exception {
		String good = token(claims().subject("alice").build());
		String wrong = "its form or its signature is wrong";
		assertRefused(token(header("one"), claims().build(), new ECDSASigner(ec("one"))), wrong);
		assertRefused(good.substring(0, good.lastIndexOf('.') + 1) + "AAAA", wrong);
		assertRefused("a.b.c", wrong);
		assertRefused("..", wrong);
		assertRefused(new PlainJWT(claims().build()).serialize(), wrong);
		assertRefused(token(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), claims().build(),
				new MACSigner(KEY.toPublicJWK().toJSONString())), wrong);
		// It is no key either.
		assertRefused("alice", "your key is none of theirs");
	}

	@Test
	void aNewKeyIsAskedForButNotForEachTokenThatNamesOne() throws Exception {
		identify(token(claims().build()));
		for (int i = 0; i < 50; i++) {
			assertRefused(token(header("none" + i), claims().build(), new ECDSASigner(ec("none"))),
					"signature is wrong");
		}
		assertThat(this.server.count("/realm/keys")).isLessThan(10);
	}

	@Test
	void anIssuerThatIsAwayIsNoFaultOfTheToken(CapturedOutput output) throws Exception {
		String token = token(claims().subject("alice").build());
		this.server.close();
		for (int i = 0; i < 3; i++) {
			assertUnavailable(this.clients, token);
		}
		assertThat(output.getOut().split("does not give its keys", -1)).hasSize(2);
		assertThat(output.getAll()).doesNotContain(token);
	}

	@Test
	void anIssuerThatIsSlowIsWaitedForNoLongerThanSaid() throws Exception {
		this.server.answersBy((request) -> new Reply("", Then.HANG));
		Clients hasty = clients(null, Duration.ofMillis(200));
		String token = token(claims().build());
		List<ExecutionFailure> failures = Flux.range(0, 20)
			.flatMap((i) -> Mono.defer(() -> hasty.identify(new Credentials(token, null)))
				.subscribeOn(Schedulers.parallel())
				.then(Mono.<ExecutionFailure>empty())
				.onErrorResume(ExecutionFailure.class, Mono::just))
			.collectList()
			.blockOptional(Duration.ofSeconds(5))
			.orElseThrow();
		assertThat(failures).hasSize(20).allMatch((failure) -> failure.code() == FailureCode.ISSUER_UNAVAILABLE);
		// All share one question.
		assertThat(this.server.connections()).isLessThanOrEqualTo(2);
	}

	@Test
	void anIssuerThatIsBackIsAskedAgain() throws Exception {
		this.server.answersBy((request) -> Reply.whole(500, "", "out of order"));
		String token = token(claims().subject("alice").build());
		assertUnavailable(this.clients, token);
		this.server.answersBy(this::answer);
		await().atMost(10, TimeUnit.SECONDS)
			.until(() -> this.clients.identify(new Credentials(token, null))
				.onErrorComplete(ExecutionFailure.class)
				.blockOptional(Duration.ofSeconds(5))
				.isPresent());
	}

	@Test
	void whatIsKnownOfAnIssuerThatWentAwayGoesOn() throws Exception {
		identify(token(claims().build()));
		this.server.close();
		assertThat(identify(token(claims().subject("bob").build())).name()).isEqualTo("jwt:bob");
	}

	@Test
	void oldKeysDoOnlyWhileTheIssuerDoesNotAnswer() throws Exception {
		IssuerKeys old = new IssuerKeys(new JwtProperties(URI.create(this.issuer), AUDIENCE, null, "sub",
				Duration.ofSeconds(5), Priority.BATCH, null, null, 1), Duration.ZERO, Duration.ZERO);
		SignedJWT token = SignedJWT.parse(token(claims().build()));
		Mono<List<JWK>> found = Flux.defer(() -> old.of(token)).collectList();
		assertThat(found.block(Duration.ofSeconds(5))).hasSize(1);
		this.keys = List.of(ec("two"));
		assertThat(found.block(Duration.ofSeconds(5))).isEmpty();
		this.keys = List.of(KEY);
		assertThat(found.block(Duration.ofSeconds(5))).hasSize(1);
		this.server.answersBy((request) -> Reply.whole(500, "", "out of order"));
		assertThat(found.block(Duration.ofSeconds(5))).hasSize(1);
	}

	@Test
	void aKeyMayLookLikeAToken() {
		JwtProperties jwt = new JwtProperties(URI.create(this.issuer), AUDIENCE, null, "sub", Duration.ofSeconds(5),
				Priority.BATCH, null, null, 1);
		Clients both = TestClients.of(new ClientsProperties(false,
				List.of(TestClients.key("alice", "v1.alice.key", null, null)), null, jwt, Limits.NONE));
		assertThat(both.identify(new Credentials("v1.alice.key", null)).map(Client::name).block(Duration.ofSeconds(5)))
			.isEqualTo("alice");
	}

	@Test
	void anAnswerThatIsNoneIsTheIssuersFault() throws Exception {
		for (String answer : List.of("", "[]", "{}", "<html>",
				"{\"issuer\":\"http://evil.example\",\"jwks_uri\":\"x\"}")) {
			this.server.answersBy((request) -> Reply.whole(200, "Content-Type: application/json\n", answer));
			assertUnavailable(clients(null, Duration.ofSeconds(5)), token(claims().build()));
		}
	}

	@Test
	void theAddressOfItsKeysMayBeGiven() throws Exception {
		Clients given = clients(URI.create(this.issuer + "/keys"), Duration.ofSeconds(5));
		assertThat(given.identify(new Credentials(token(claims().subject("alice").build()), null))
			.map(Client::name)
			.block(Duration.ofSeconds(5))).isEqualTo("jwt:alice");
		assertThat(this.server.count(DISCOVERY)).isZero();
	}

	private Reply answer(String request) {
		if (request.startsWith("GET " + DISCOVERY + " ")) {
			return Reply.whole(200, "Content-Type: application/json\n",
					"{\"issuer\":\"" + this.issuer + "\",\"jwks_uri\":\"" + this.issuer + "/keys\"}");
		}
		return Reply.whole(200, "Content-Type: application/jwk-set+json\n",
				new JWKSet(this.keys).toPublicJWKSet().toString());
	}

	private Clients clients(URI keys, Duration timeout) {
		return TestClients.of(new JwtProperties(URI.create(this.issuer), AUDIENCE, keys, "sub", timeout, Priority.BATCH,
				null, null, 1));
	}

	private Client identify(String token) {
		return this.clients.identify(new Credentials(token, null)).blockOptional(Duration.ofSeconds(5)).orElseThrow();
	}

	private void assertRefused(String token, String why) {
		ExecutionFailure failure = catchThrowableOfType(ExecutionFailure.class, () -> identify(token));
		assertThat(failure.message()).contains(why).doesNotContain(token);
		assertThat(failure.code()).isEqualTo(FailureCode.UNAUTHENTICATED);
	}

	private static void assertUnavailable(Clients clients, String token) {
		ExecutionFailure failure = catchThrowableOfType(ExecutionFailure.class,
				() -> clients.identify(new Credentials(token, null)).block(Duration.ofSeconds(5)));
		assertThat(failure.code()).isEqualTo(FailureCode.ISSUER_UNAVAILABLE);
		assertThat(failure.retryable()).isTrue();
		assertThat(failure.retryAfter()).isPositive();
	}

	private JWTClaimsSet.Builder claims() {
		return new JWTClaimsSet.Builder().issuer(this.issuer)
			.audience(AUDIENCE)
			.subject("somebody")
			.expirationTime(Date.from(Instant.now().plusSeconds(300)));
	}

	private static String token(JWTClaimsSet claims) throws JOSEException {
		return token(header("one"), claims, new ECDSASigner(KEY));
	}

	private static JWSHeader header(String key) {
		return new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key).build();
	}

	private static String token(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
		SignedJWT token = new SignedJWT(header, claims);
		token.sign(signer);
		return token.serialize();
	}

	private static ECKey ec(String id) {
		try {
			return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
