package dev.sluice.adapter;

import java.util.List;
import java.util.Optional;

import dev.sluice.piston.AdapterHeaders;
import dev.sluice.piston.PistonEvents;

import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What a caller wants to get.
 */
enum Form {

	/** Piston's JSON, at the end. */
	ANSWER,

	/** Events as they come, the last of which has that JSON. */
	EVENTS,

	/** Events of an execution that is fed meanwhile. */
	INTERACTIVE;

	private static final MediaType LINES = MediaType.parseMediaType(PistonEvents.MEDIA_TYPE);

	/**
	 * Reads it from a request. Events are given to who names their type, unless JSON is
	 * named as well and wanted more, or as much and earlier.
	 * @param request the request
	 * @return the form
	 */
	static Form of(ServerRequest request) {
		if ("true".equals(request.headers().firstHeader(AdapterHeaders.INTERACTIVE))) {
			return INTERACTIVE;
		}
		try {
			return of(request.headers().accept());
		}
		catch (InvalidMediaTypeException ex) {
			return ANSWER;
		}
	}

	static Form of(List<MediaType> accepted) {
		Optional<MediaType> lines = accepted.stream().filter(LINES::equalsTypeAndSubtype).findFirst();
		double wanted = lines.map(MediaType::getQualityValue).orElse(0.0);
		if (wanted == 0) {
			return ANSWER;
		}
		Optional<MediaType> json = accepted.stream()
			.filter(MediaType.APPLICATION_JSON::equalsTypeAndSubtype)
			.findFirst();
		if (json.isPresent()) {
			double other = json.get().getQualityValue();
			boolean earlier = accepted.indexOf(json.get()) < accepted.indexOf(lines.get());
			return (other > wanted || other == wanted && earlier) ? ANSWER : EVENTS;
		}
		double others = accepted.stream()
			.filter((range) -> !range.isConcrete() && range.includes(MediaType.APPLICATION_JSON))
			.mapToDouble(MediaType::getQualityValue)
			.max()
			.orElse(0);
		return (others > wanted) ? ANSWER : EVENTS;
	}

}
