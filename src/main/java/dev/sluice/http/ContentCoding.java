package dev.sluice.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * How a request's body is packed.
 */
enum ContentCoding {

	/** Not at all. */
	IDENTITY,

	/** As RFC 1952 has it. */
	GZIP;

	private static final int PIECE = 16 * 1024;

	/**
	 * How a request says that its body is packed.
	 * @param request the request
	 * @return the coding
	 * @throws ExecutionFailure with {@link FailureCode#UNSUPPORTED_MEDIA_TYPE} where it
	 * is another one
	 */
	static ContentCoding of(ServerRequest request) {
		String named = String.join(",", request.headers().header(HttpHeaders.CONTENT_ENCODING)).strip();
		return switch (named.toLowerCase(Locale.ROOT)) {
			case "", "identity" -> IDENTITY;
			case "gzip", "x-gzip" -> GZIP;
			default -> throw ExecutionFailure.refused(FailureCode.UNSUPPORTED_MEDIA_TYPE,
					"The request body must be sent as it is or packed with gzip, and its content encoding names another way");
		};
	}

	/**
	 * Unpacks a body. It takes its time.
	 * @param packed the body
	 * @param unpacked takes its bytes
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where it is
	 * broken
	 */
	static void unpack(ByteBuffer packed, Gathering unpacked) {
		byte[] piece = new byte[PIECE];
		try (GZIPInputStream bytes = new GZIPInputStream(
				new ByteArrayInputStream(packed.array(), packed.arrayOffset() + packed.position(), packed.remaining()),
				PIECE)) {
			int count = bytes.read(piece);
			while (count >= 0) {
				unpacked.add(piece, count);
				count = bytes.read(piece);
			}
		}
		catch (IOException ex) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"The request body is not valid gzip, as its content encoding says that it is");
		}
	}

}
