package dev.sluice.emulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * What only an emulated pool has: it shows its counts, and takes orders on how to fail.
 */
final class AdminApi {

	private static final int MOST_STEPS = 100_000;

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	/** The plan as it is sent. */
	private record Plan(@Nullable Map<String, Double> rates, @Nullable List<Step> script) {
	}

	/** Some executions to come, and what befalls each of them. */
	private record Step(String fault, @Nullable String after, @Nullable Integer times) {
	}

	private record NewToken(@Nullable String token) {
	}

	private final Stats stats;

	private final FaultPlan plan;

	private final AcceptedToken accepted;

	private final AcceptedToken admins;

	/**
	 * Makes it.
	 * @param stats what is shown
	 * @param plan what may be replaced
	 * @param accepted the token of the pool, which may be changed
	 * @param admins the token for all this, which is never changed
	 */
	AdminApi(Stats stats, FaultPlan plan, AcceptedToken accepted, AcceptedToken admins) {
		this.stats = stats;
		this.plan = plan;
		this.accepted = accepted;
		this.admins = admins;
	}

	RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route().path("/.emulator", (routes) -> {
			routes.GET("/stats", (request) -> stats())
				.PUT("/faults", this::replaceFaults)
				.PUT("/token", this::changeToken)
				.route(RequestPredicates.all(), (request) -> {
					throw new AzureError(404, "NotFound",
							"There is GET /.emulator/stats, PUT /.emulator/faults and PUT /.emulator/token");
				})
				.filter((request, next) -> Mono.defer(() -> next.handle(authorised(request)))
					.onErrorResume(AzureError.class, AzureError::response));
		}).build();
	}

	private Mono<ServerResponse> stats() {
		Map<String, Object> report = this.stats.report();
		report.put("faults", this.plan.played());
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(JSON.writeValueAsBytes(report));
	}

	private Mono<ServerResponse> replaceFaults(ServerRequest request) {
		return body(request, Plan.class,
				"{\"rates\":{\"full\":0.1},\"script\":[{\"fault\":\"slow\",\"after\":\"2s\"," + "\"times\":3}]}")
			.doOnNext((sent) -> this.plan.replace(shares(sent), steps(sent)))
			.then(ServerResponse.noContent().build());
	}

	private Mono<ServerResponse> changeToken(ServerRequest request) {
		return body(request, NewToken.class, "{\"token\":\"another\"}")
			.doOnNext((sent) -> this.accepted.change(checked(sent)))
			.then(ServerResponse.noContent().build());
	}

	private static Map<Fault, Double> shares(Plan sent) {
		Map<Fault, Double> shares = new EnumMap<>(Fault.class);
		if (sent.rates() != null) {
			sent.rates()
				.forEach((fault, share) -> shares.put(Fault.named(fault), (share != null) ? share : Double.NaN));
		}
		if (!FaultsProperties.areShares(shares)) {
			throw new AzureError(400, "InvalidFaults",
					"Each share is from 0 to 1, and all together are no more than 1");
		}
		return shares;
	}

	private List<Mishap> steps(Plan sent) {
		List<Mishap> steps = new ArrayList<>();
		for (Step step : (sent.script() != null) ? sent.script() : List.<Step>of()) {
			int times = (step.times() != null) ? step.times() : 1;
			if (times < 1 || times > MOST_STEPS - steps.size()) {
				throw new AzureError(400, "InvalidFaults",
						"A step is for 1 or more executions, and a script for no more than " + MOST_STEPS);
			}
			steps.addAll(Collections.nCopies(times, Mishap.of(step.fault(), step.after(), this.plan.after())));
		}
		return steps;
	}

	private static String checked(NewToken sent) {
		String token = sent.token();
		if (token == null || token.isBlank()) {
			throw new AzureError(400, "InvalidBody", "A token is not empty");
		}
		return token;
	}

	private static <T> Mono<T> body(ServerRequest request, Class<T> type, String example) {
		return request.bodyToMono(byte[].class)
			.defaultIfEmpty(new byte[0])
			.map((bytes) -> JSON.readValue(bytes, type))
			.onErrorMap(JacksonException.class, (error) -> new AzureError(400, "InvalidBody",
					"The body is not what it should be, such as " + example + ": " + error.getOriginalMessage()));
	}

	private ServerRequest authorised(ServerRequest request) {
		if (!this.admins.isIn(request.headers().firstHeader(HttpHeaders.AUTHORIZATION))) {
			throw new AzureError(401, "Unauthorized",
					"The emulator's own token is missing: it is sluice.emulator.token");
		}
		return request;
	}

}
