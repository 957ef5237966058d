package dev.sluice.pool;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;

import com.azure.core.credential.AccessToken;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What may be told of a token: never the token itself.
 *
 * @param expiresAt when it expires
 * @param audience whom it is for, its claim {@code aud}; null where it is no JWT
 * @param tenant who issued it, its claim {@code tid}; null where it has none
 */
public record TokenFacts(OffsetDateTime expiresAt, @Nullable String audience, @Nullable String tenant) {

	private static final JsonMapper JSON = new JsonMapper();

	/** Reads claims, and checks none: that is the pool's to do. */
	static TokenFacts of(AccessToken token) {
		String[] parts = token.getToken().split("\\.", -1);
		if (parts.length == 3) {
			try {
				JsonNode claims = JSON
					.readTree(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
				return new TokenFacts(token.getExpiresAt(), text(claims, "aud"), text(claims, "tid"));
			}
			catch (JacksonException | IllegalArgumentException ex) {
				// It is no JWT, and need not be one.
			}
		}
		return new TokenFacts(token.getExpiresAt(), null, null);
	}

	private static @Nullable String text(JsonNode claims, String name) {
		JsonNode claim = claims.path(name);
		return claim.isString() ? claim.stringValue() : null;
	}

}
