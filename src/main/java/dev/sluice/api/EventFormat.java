package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import dev.sluice.execution.Answer;
import dev.sluice.http.Replies;
import dev.sluice.piston.EventLines;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * In which form a client gets a program's events.
 */
enum EventFormat {

	/** One JSON object a line. */
	NDJSON,

	/** Server-sent events, with the event's type as their name. */
	SSE;

	private static final MediaType LINES = MediaType.parseMediaType(EventLines.MEDIA_TYPE);

	private static final MediaType EVENTS = new MediaType(MediaType.TEXT_EVENT_STREAM, StandardCharsets.UTF_8);

	/**
	 * A response with a program's events.
	 * @param answer the events, which the response takes over
	 * @return the response
	 */
	Mono<ServerResponse> reply(Answer answer) {
		return Replies.events(answer, type(), (lines) -> EventFraming.of(lines, this));
	}

	/**
	 * The form that a client asks for by name.
	 * @param request the request
	 * @return the form; nothing where the client wants, or also takes as gladly, the
	 * verdict alone
	 */
	static Optional<EventFormat> of(ServerRequest request) {
		List<String> accepted = request.headers().header(HttpHeaders.ACCEPT);
		if (accepted.isEmpty()) {
			return Optional.empty();
		}
		try {
			return MediaType.parseMediaTypes(accepted)
				.stream()
				.filter((range) -> range.getQualityValue() > 0)
				// It is stable: among equals the first one counts.
				.sorted(Comparator.comparingDouble(MediaType::getQualityValue).reversed())
				.findFirst()
				.flatMap(EventFormat::named);
		}
		catch (InvalidMediaTypeException ex) {
			// Piston does not look at it either.
			return Optional.empty();
		}
	}

	private static Optional<EventFormat> named(MediaType range) {
		for (EventFormat format : values()) {
			if (format.type().equalsTypeAndSubtype(range)) {
				return Optional.of(format);
			}
		}
		return Optional.empty();
	}

	private MediaType type() {
		return switch (this) {
			case NDJSON -> LINES;
			case SSE -> EVENTS;
		};
	}

}
