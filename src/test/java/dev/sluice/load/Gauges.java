package dev.sluice.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a gateway's actuator tells while the load lasts, and behind it.
 */
final class Gauges implements AutoCloseable {

	/** Of what there must be nothing when nobody is there. */
	private static final Pattern OF_WORK = Pattern
		.compile("sluice\\..*(running|leased|quarantined|held-bytes|in-flight|inflight|queued|waiting)");

	private static final JsonMapper JSON = new JsonMapper();

	private record Sample(long time, long heap) {
	}

	private final @Nullable URI management;

	private final HttpClient client = HttpClient.newHttpClient();

	private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();

	private @Nullable Thread watching;

	/**
	 * Makes them.
	 * @param management where the actuator is; null where nobody said, so that nothing is
	 * known
	 */
	Gauges(@Nullable URI management) {
		this.management = management;
	}

	/** Looks at the heap every second from now on. */
	void watch() {
		if (this.management != null) {
			this.watching = Thread.startVirtualThread(this::sample);
		}
	}

	/**
	 * The most of the heap that was in use in a step.
	 * @param step the step
	 * @return megabytes; 0 where nothing is known
	 */
	long heap(Step step) {
		long most = this.samples.stream()
			.filter((sample) -> step.lastedAt(sample.time()))
			.mapToLong(Sample::heap)
			.max()
			.orElse(0);
		return most >> 20;
	}

	/**
	 * The gauges of work that are not zero.
	 * @return their values by their names; something where the actuator does not answer,
	 * since nobody knows then
	 */
	Map<String, Double> left() {
		Map<String, Double> left = new TreeMap<>();
		if (this.management == null) {
			return left;
		}
		try {
			for (JsonNode name : read("/actuator/metrics").path("names")) {
				if (OF_WORK.matcher(name.asString()).matches()) {
					double value = value(name.asString());
					if (value != 0) {
						left.put(name.asString(), value);
					}
				}
			}
		}
		catch (IOException ex) {
			left.put("what the actuator does not tell: " + ex.getMessage(), Double.NaN);
		}
		return left;
	}

	@Override
	public void close() {
		if (this.watching != null) {
			this.watching.interrupt();
		}
		this.client.shutdownNow();
	}

	private void sample() {
		try {
			while (true) {
				sampleHeap();
				Thread.sleep(1000);
			}
		}
		catch (InterruptedException ex) {
			// The load is over.
		}
	}

	private void sampleHeap() {
		try {
			this.samples.add(new Sample(System.currentTimeMillis(), (long) value("jvm.memory.used?tag=area:heap")));
		}
		catch (IOException ex) {
			// One sample less.
		}
	}

	private double value(String name) throws IOException {
		return read("/actuator/metrics/" + name).at("/measurements/0/value").asDouble(0);
	}

	private JsonNode read(String path) throws IOException {
		HttpRequest question = HttpRequest.newBuilder(this.management.resolve(path))
			.timeout(Duration.ofSeconds(10))
			.build();
		try {
			HttpResponse<String> answer = this.client.send(question, HttpResponse.BodyHandlers.ofString());
			if (answer.statusCode() != 200) {
				throw new IOException(path + " is answered by " + answer.statusCode());
			}
			return JSON.readTree(answer.body());
		}
		catch (JacksonException ex) {
			throw new IOException(path + " is answered by something else than JSON", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return JSON.createObjectNode();
		}
	}

}
