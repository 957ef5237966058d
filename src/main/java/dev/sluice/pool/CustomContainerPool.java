package dev.sluice.pool;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;

import com.azure.core.credential.AccessToken;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.http.Bodies;
import dev.sluice.piston.AdapterHeaders;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.piston.PistonRuntimes;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * A session pool whose containers are one's own: any path with an identifier goes to the
 * same path of the session's container (Azure Container Apps' documentation of custom
 * container session pools).
 */
final class CustomContainerPool implements Pool {

	/** How much of an error's body is read. */
	private static final DataSize ERRORS = DataSize.ofKilobytes(64);

	private static final String BEARER = "Bearer ";

	private static final DataSize RUNTIMES = DataSize.ofMegabytes(1);

	private final PoolProperties properties;

	private final ExchangeFunction http;

	private final Tokens tokens;

	private final Identifiers identifiers;

	private final PoolBreak breaks;

	CustomContainerPool(PoolProperties properties, ExchangeFunction http, Tokens tokens, Identifiers identifiers) {
		this.properties = properties;
		this.http = http;
		this.tokens = tokens;
		this.identifiers = identifiers;
		this.breaks = new PoolBreak(properties.name(), properties.endpoint());
	}

	@Override
	public String name() {
		return this.properties.name();
	}

	@Override
	public URI endpoint() {
		return this.properties.endpoint();
	}

	@Override
	public Mono<OffsetDateTime> authorise() {
		return this.tokens.get().map(AccessToken::getExpiresAt);
	}

	@Override
	public Mono<Answer> execute(Execution execution) {
		return this.tokens.get().flatMap((token) -> execute(execution, token));
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return this.tokens.get().flatMap(this::runtimes);
	}

	private Mono<Answer> execute(Execution execution, AccessToken token) {
		Lease lease = this.identifiers.lease(token);
		ClientRequest request = request(HttpMethod.POST, this.properties.path(), lease, token)
			.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
			.header(AdapterHeaders.EXECUTION, execution.id())
			.body(BodyInserters.fromDataBuffers(Mono.fromSupplier(() -> wrap(execution.body()))))
			.build();
		return this.http.exchange(request)
			.flatMap((response) -> answer(request, lease, response))
			.onErrorMap(this.breaks::explain)
			.map((answer) -> answer.onEnd(lease::end))
			.doOnError(ExecutionFailure.class, lease::endAfter)
			.doOnCancel(lease::end)
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<Answer> answer(ClientRequest request, Lease lease, ClientResponse response) {
		if (response.statusCode().value() != 200) {
			return failure(request, lease, response);
		}
		if (!isJson(response)) {
			return response.releaseBody()
				.then(Mono.error(noVerdict(
						"answered 200 with something that is not JSON: check that the endpoint and the path are those of a "
								+ "Piston or of Sluice's adapter")));
		}
		boolean trusted = response.headers().asHttpHeaders().containsHeader(AdapterHeaders.ADAPTER);
		Flux<DataBuffer> bytes = response.body(BodyExtractors.toDataBuffers());
		Flux<DataBuffer> body = HeldBack.of(bytes, this.properties.holdBack(),
				(whole) -> trusted || PistonAnswer.isVerdict(whole),
				() -> noVerdict("answered 200 with JSON that is no verdict: its sandbox failed, or it is no Piston"));
		return Mono.just(Answer.streaming(body.onErrorMap(this.breaks::explain),
				() -> bytes.subscribe(DataBufferUtils.releaseConsumer()).dispose()));
	}

	private ExecutionFailure noVerdict(String what) {
		return ExecutionFailure.broken(FailureCode.POOL_ANSWER_INVALID, Executed.UNKNOWN,
				"Pool '" + name() + "' " + what);
	}

	private Mono<List<LanguageRuntime>> runtimes(AccessToken token) {
		Lease lease = this.identifiers.lease(token);
		ClientRequest request = request(HttpMethod.GET, this.properties.runtimesPath(), lease, token).build();
		return this.http.exchange(request)
			.flatMap((response) -> runtimes(request, lease, response))
			.onErrorMap(this.breaks::explain)
			.doOnError(ExecutionFailure.class, lease::endAfter)
			.doFinally((signal) -> lease.end());
	}

	private Mono<List<LanguageRuntime>> runtimes(ClientRequest request, Lease lease, ClientResponse response) {
		if (response.statusCode().value() != 200) {
			return failure(request, lease, response);
		}
		return read(response, RUNTIMES).flatMap((body) -> Mono.justOrEmpty(PistonRuntimes.read(body)))
			.switchIfEmpty(Mono.error(ExecutionFailure.refused(FailureCode.POOL_ANSWER_INVALID,
					"Pool '" + name() + "' answered " + request.url().getPath() + " with no list of runtimes")));
	}

	private <T> Mono<T> failure(ClientRequest request, Lease lease, ClientResponse response) {
		return read(response, ERRORS)
			.map((body) -> new PoolAnswer(name(), request.url(), response.statusCode().value(),
					response.headers().asHttpHeaders(),
					withoutSecrets(new String(body, StandardCharsets.UTF_8), request, lease)))
			.flatMap((answer) -> Mono.error(answer.failure()));
	}

	/**
	 * Some servers tell what they were asked, and what a pool says goes on to the client.
	 */
	private static String withoutSecrets(String text, ClientRequest request, Lease lease) {
		String authorization = String.valueOf(request.headers().getFirst(HttpHeaders.AUTHORIZATION));
		String open = text.replace(authorization.substring(BEARER.length()), "…");
		String identifier = lease.identifier();
		return (identifier != null) ? open.replace(identifier, "…") : open;
	}

	private static Mono<byte[]> read(ClientResponse response, DataSize most) {
		Flux<DataBuffer> body = response.body(BodyExtractors.toDataBuffers());
		return Bodies.join(DataBufferUtils.takeUntilByteCount(body, most.toBytes()), most);
	}

	private ClientRequest.Builder request(HttpMethod method, String path, Lease lease, AccessToken token) {
		String identifier = lease.identifier();
		UriComponentsBuilder uri = UriComponentsBuilder.fromUri(this.properties.endpoint()).path(path);
		if (!this.properties.apiVersion().isEmpty()) {
			uri.queryParam("api-version", this.properties.apiVersion());
		}
		if (identifier != null) {
			uri.queryParam("identifier", identifier);
		}
		return ClientRequest.create(method, uri.build().encode().toUri())
			.header(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE)
			.header(HttpHeaders.AUTHORIZATION, BEARER + token.getToken());
	}

	private static boolean isJson(ClientResponse response) {
		return response.headers().contentType().filter(MediaType.APPLICATION_JSON::isCompatibleWith).isPresent();
	}

	private static DataBuffer wrap(ByteBuffer body) {
		return DefaultDataBufferFactory.sharedInstance.wrap(body);
	}

}
