package dev.sluice.adapter;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.http.Bodies;
import dev.sluice.http.Break;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.piston.PistonFailure;
import dev.sluice.piston.PistonRequest;
import dev.sluice.piston.PistonRuntimes;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A Piston beside the adapter, which gets each execution's body as it came, and nothing
 * else of the request: no credentials above all.
 */
final class PistonWorkshop implements Workshop {

	/** Node, which Piston runs on, ends an idle connection after five seconds. */
	private static final Duration KEPT_FOR = Duration.ofSeconds(2);

	/** More than programs that a Piston runs at once; twice as many may wait for one. */
	private static final int CONNECTIONS = 500;

	private static final String CONNECT = "/api/v2/connect";

	private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(5);

	private final URI piston;

	private final AdapterProperties properties;

	private final WebClient http;

	private final HttpClient webSockets;

	PistonWorkshop(URI piston, AdapterProperties properties) {
		this.piston = piston;
		this.properties = properties;
		ConnectionProvider connections = ConnectionProvider.builder("piston")
			.maxConnections(CONNECTIONS)
			.maxIdleTime(KEPT_FOR)
			.build();
		HttpClient client = HttpClient.create(connections)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECTS_WITHIN.toMillis())
			.responseTimeout(properties.pistonTimeout())
			.disableRetry(true);
		this.webSockets = client.responseTimeout(null);
		this.http = WebClient.builder()
			.clientConnector(new ReactorClientHttpConnector(client))
			.baseUrl(piston.toString().replaceAll("/+$", ""))
			.build();
	}

	/**
	 * The body is read first, since what Piston answers to a broken one lacks a message.
	 */
	@Override
	public Mono<Ending> run(Execution execution, Transcript transcript, Runnable ended) {
		return Bodies.process(execution.body(), PistonRequest::read)
			.flatMap((request) -> send(execution, ended))
			.map(Ending::whole)
			.onErrorMap(this::explain)
			.doOnError((error) -> endWhatNeverBegan(error, ended));
	}

	@Override
	public Conversation converse(Execution execution, Transcript transcript, Runnable ended) {
		URI address = URI.create(this.piston.toString().replaceFirst("^http", "ws").replaceAll("/+$", "") + CONNECT);
		PistonConversation conversation = new PistonConversation(this.webSockets, address, this.properties, execution,
				transcript, ended);
		Mono<Ending> run = conversation.run()
			.onErrorMap(this::explain)
			.doOnError((error) -> endWhatNeverBegan(error, ended));
		return new Conversation(conversation, run);
	}

	/** Events come at the end: its WebSocket gives no verdict. */
	@Override
	public List<String> capabilities() {
		return List.of("interactive");
	}

	/** Piston runs a program on where the connection is gone, and can't be asked. */
	@Override
	public boolean knowsTheEnd() {
		return false;
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return this.http.get().uri("/api/v2/runtimes").exchangeToMono(this::runtimes).onErrorMap(this::explain);
	}

	@Override
	public List<String> description() {
		return List.of("engine     Piston at " + this.piston);
	}

	@Override
	public boolean isSandboxed() {
		return true;
	}

	/** Piston answers when the program has ended, and not before. */
	private Mono<byte[]> send(Execution execution, Runnable ended) {
		return this.http.post()
			.uri("/api/v2/execute")
			.contentType(MediaType.APPLICATION_JSON)
			.body(BodyInserters.fromDataBuffers(
					Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(execution.body()))))
			.exchangeToMono((response) -> {
				if (isPistons(response.statusCode().value())) {
					ended.run();
				}
				return answer(response);
			});
	}

	private static void endWhatNeverBegan(Throwable error, Runnable ended) {
		if (error instanceof ExecutionFailure failure && failure.executed() == Executed.NO) {
			ended.run();
		}
	}

	private Mono<byte[]> answer(ClientResponse response) {
		int status = response.statusCode().value();
		return body(response).map((body) -> {
			if (status != 200) {
				throw refused(status, body);
			}
			if (!PistonAnswer.isVerdict(body)) {
				throw ExecutionFailure.broken(FailureCode.SANDBOX_FAILED, Executed.UNKNOWN,
						"Piston's sandbox failed, so there is no verdict on the program; Piston's log says why");
			}
			return body;
		});
	}

	private Mono<List<LanguageRuntime>> runtimes(ClientResponse response) {
		return body(response).map((body) -> Optional.ofNullable(PistonRuntimes.read(body))
			.orElseThrow(() -> notAPiston(response.statusCode().value())));
	}

	private Mono<byte[]> body(ClientResponse response) {
		Flux<DataBuffer> body = response.body(BodyExtractors.toDataBuffers());
		return Bodies.join(body, this.properties.maxAnswer());
	}

	private ExecutionFailure refused(int status, byte[] body) {
		if (status == 400) {
			ExecutionFailure said = PistonFailure.read(status, new String(body, StandardCharsets.UTF_8));
			return (said != null) ? said : ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"Piston refused the request, and did not say why");
		}
		if (status == 500) {
			return ExecutionFailure.broken(FailureCode.SANDBOX_FAILED, Executed.UNKNOWN,
					"Piston answered 500, as it does where its sandbox fails; Piston's log says why");
		}
		if (status > 500) {
			return ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
					"Something before Piston answered " + status + ", and the program may have got there");
		}
		return notAPiston(status);
	}

	/** What Piston itself answers to an execution. */
	private static boolean isPistons(int status) {
		return status == 200 || status == 400 || status == 500;
	}

	private ExecutionFailure notAPiston(int status) {
		return ExecutionFailure.refused(FailureCode.ENGINE_UNAVAILABLE, "What listens at " + this.piston + " answered "
				+ status + ", and not as a Piston does: check sluice.adapter.piston-url");
	}

	private ExecutionFailure explain(Throwable error) {
		if (error instanceof ExecutionFailure failure) {
			return failure;
		}
		if (error instanceof DataBufferLimitException) {
			return ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.YES,
					"Piston's answer is larger than " + this.properties.maxAnswer()
							+ ": raise sluice.adapter.max-answer");
		}
		if (error instanceof WebSocketHandshakeException) {
			return ExecutionFailure.refused(FailureCode.ENGINE_UNAVAILABLE,
					"What listens at " + this.piston + " takes no WebSocket at " + CONNECT + ", as a Piston does");
		}
		Break broke = Break.of(error);
		String message = "Piston at " + this.piston + " can't be used: " + broke.what();
		return switch (broke.where()) {
			case BEFORE_CONNECTING, CONNECTING -> ExecutionFailure.passing(FailureCode.ENGINE_UNAVAILABLE,
					message + "; start it, or check sluice.adapter.piston-url");
			case WAITING, UNDER_WAY, UNKNOWN ->
				ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, message);
		};
	}

}
