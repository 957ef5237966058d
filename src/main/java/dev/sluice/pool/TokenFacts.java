package dev.sluice.pool;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

import com.azure.core.credential.AccessToken;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What may be told of a token: never the token itself.
 *
 * @param expiresAt when it expires, by its claim {@code exp}, else by its issuer; null
 * where neither says
 * @param audience whom it is for, its claim {@code aud}; null where it is no JWT
 * @param tenant who issued it, its claim {@code tid}; null where it has none
 */
public record TokenFacts(@Nullable Instant expiresAt, @Nullable String audience, @Nullable String tenant) {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String EVERYTHING_OF = "/.default";

	/**
	 * Reads claims, and checks none: that is the pool's to do.
	 * @param token the token
	 * @param given whether it comes of the configuration, and its expiry thus of nobody
	 */
	static TokenFacts of(AccessToken token, boolean given) {
		JsonNode claims = claims(token.getToken());
		JsonNode expires = claims.path("exp");
		Instant told = given ? null : token.getExpiresAt().toInstant();
		return new TokenFacts(expires.isIntegralNumber() ? Instant.ofEpochSecond(expires.longValue()) : told,
				text(claims, "aud"), text(claims, "tid"));
	}

	/** Whether it has expired at a time. */
	public boolean isExpired(Instant now) {
		return this.expiresAt != null && !this.expiresAt.isAfter(now);
	}

	/**
	 * Whether it is for somebody else than a scope names. An audience that is an
	 * application's id does not tell.
	 */
	public boolean isForAnother(String scope) {
		String wanted = scope.endsWith(EVERYTHING_OF) ? scope.substring(0, scope.length() - EVERYTHING_OF.length())
				: scope;
		return this.audience != null && this.audience.contains("://")
				&& !withoutSlash(this.audience).equals(withoutSlash(wanted));
	}

	private static String withoutSlash(String address) {
		return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
	}

	private static JsonNode claims(String token) {
		String[] parts = token.split("\\.", -1);
		try {
			return (parts.length == 3)
					? JSON.readTree(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
					: JSON.missingNode();
		}
		catch (JacksonException | IllegalArgumentException ex) {
			// It is no JWT, and need not be one.
			return JSON.missingNode();
		}
	}

	private static @Nullable String text(JsonNode claims, String name) {
		JsonNode claim = claims.path(name);
		return claim.isString() ? claim.stringValue() : null;
	}

}
