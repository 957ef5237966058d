package dev.sluice.emulator;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;

import dev.sluice.adapter.Adapter;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.http.Unwritten;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.function.Tuple2;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;

/**
 * Hands a request to a session's container, and its answer back.
 */
final class Forwarder {

	private static final Logger logger = LoggerFactory.getLogger(Forwarder.class);

	/**
	 * Headers of one connection, not of the message; and the token, which is the pool's.
	 */
	private static final Set<String> HOP_BY_HOP = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	static {
		HOP_BY_HOP.addAll(Set.of(HttpHeaders.AUTHORIZATION, HttpHeaders.CONNECTION, HttpHeaders.HOST, "Keep-Alive",
				HttpHeaders.TE, HttpHeaders.TRAILER, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.UPGRADE));
	}

	private final ExchangeFunction http;

	private final Stats stats;

	/**
	 * Makes it.
	 * @param stats where what is delivered is counted
	 */
	Forwarder(Stats stats) {
		this.http = ExchangeFunctions.create(new ReactorClientHttpConnector(
				HttpClient.create(ConnectionProvider.newConnection()).disableRetry(true)));
		this.stats = stats;
	}

	/**
	 * Whether a request asks for an execution.
	 * @param request the request
	 * @return whether it has the form that adapters and Pistons take
	 */
	static boolean isExecution(ServerHttpRequest request) {
		return HttpMethod.POST.equals(request.getMethod()) && request.getPath().value().endsWith("/execute");
	}

	/**
	 * Hands a request on.
	 * @param request the request
	 * @param session the session whose container gets it
	 * @return the answer
	 */
	Mono<Answered> deliver(ServerHttpRequest request, Session session) {
		return deliver(request, session, request.getBody());
	}

	/**
	 * Hands a request on twice, as an ingress does that lost its first connection.
	 * @param request the request
	 * @param session the session whose container gets it
	 * @return the second answer, once the first one has been thrown away
	 */
	Mono<Answered> deliverTwice(ServerHttpRequest request, Session session) {
		return DataBufferUtils.join(request.getBody()).map(Forwarder::bytes).flatMap((bytes) -> {
			Flux<DataBuffer> body = Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes)));
			Mono<Boolean> first = deliver(request, session, body).flatMap(Answered::discard)
				.onErrorComplete()
				.thenReturn(true);
			return Mono.zip(deliver(request, session, body), first)
				.map(Tuple2::getT1)
				.doOnDiscard(Answered.class, Answered::abandon);
		});
	}

	/**
	 * Tells of a container that gave no answer, as an ingress does.
	 * @param response where to
	 * @param error what happened
	 * @return completes when it is written
	 */
	Mono<Void> tell(ServerHttpResponse response, Throwable error) {
		boolean late = error instanceof TimeoutException;
		if (!response.setStatusCode(late ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY)) {
			// Nothing that reads like a client's leaving, or the answer would be ended
			// well.
			return Mono.error(ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN,
					"A session's container broke off its answer"));
		}
		logger.warn("A session's container did not answer: {}", error.toString());
		response.getHeaders().clear();
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		String text = late ? "stream timeout" : "upstream connect error or disconnect/reset before headers";
		DataBuffer body = response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
		return response.writeWith(Mono.just(body));
	}

	private Mono<Answered> deliver(ServerHttpRequest request, Session session, Flux<DataBuffer> body) {
		ClientRequest forwarded = ClientRequest.create(request.getMethod(), target(request, session))
			.headers((headers) -> copy(request.getHeaders(), headers))
			.body(BodyInserters.fromDataBuffers(body))
			.build();
		return Mono.defer(() -> {
			if (isExecution(request)) {
				this.stats.delivered(request.getHeaders().getFirst(Adapter.EXECUTION_ID));
			}
			long start = System.nanoTime();
			return this.http.exchange(forwarded)
				.map((answer) -> new Answered(session, answer, Duration.ofNanos(System.nanoTime() - start)));
		});
	}

	private static URI target(ServerHttpRequest request, Session session) {
		String query = request.getURI().getRawQuery();
		return URI.create(
				session.container().address() + request.getURI().getRawPath() + ((query != null) ? "?" + query : ""));
	}

	private static void copy(HttpHeaders from, HttpHeaders to) {
		from.forEach((name, values) -> {
			if (!HOP_BY_HOP.contains(name)) {
				to.put(name, values);
			}
		});
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	/**
	 * What a container has answered, whose body is to be passed on, read or discarded.
	 *
	 * @param session the session
	 * @param answer the answer
	 * @param took how long it took
	 */
	record Answered(Session session, ClientResponse answer, Duration took) {

		/**
		 * Sends it back.
		 * @param response where to
		 * @return completes when it is written
		 */
		Mono<Void> pass(ServerHttpResponse response) {
			head(response);
			return Unwritten.write(this.answer.body(BodyExtractors.toDataBuffers()), response);
		}

		/**
		 * Puts its head before what is to be written.
		 * @param response where to
		 */
		void head(ServerHttpResponse response) {
			response.setStatusCode(this.answer.statusCode());
			HttpHeaders headers = response.getHeaders();
			copy(this.answer.headers().asHttpHeaders(), headers);
			headers.set("operation-id", Ids.next());
			headers.set("x-ms-session-guid", this.session.guid());
			headers.set("x-ms-new-allocation", Boolean.toString(this.session.isNew()));
			headers.set("x-ms-allocation-time", Long.toString(this.session.allocationTime().toMillis()));
			headers.set("x-ms-container-execution-duration", Long.toString(this.took.toMillis()));
			headers.set("x-ms-overall-execution-time", Long.toString(this.took.toMillis()));
		}

		Mono<byte[]> body() {
			return DataBufferUtils.join(this.answer.body(BodyExtractors.toDataBuffers())).map(Forwarder::bytes);
		}

		Mono<Void> discard() {
			return this.answer.releaseBody();
		}

		/** Nobody waits for it any more. */
		void abandon() {
			Disposable _ = discard().onErrorComplete().subscribe();
		}

	}

}
