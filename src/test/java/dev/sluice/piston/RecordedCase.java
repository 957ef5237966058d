package dev.sluice.piston;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.sluice.execution.LanguageRuntime;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request to a real Piston, and what it answered.
 */
public record RecordedCase(JsonNode recording) {

	private static final JsonMapper JSON = new JsonMapper();

	public static List<RecordedCase> all() {
		try (InputStream lines = RecordedCase.class.getResourceAsStream("/piston-v2/cases.jsonl")) {
			String text = new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.UTF_8);
			return text.lines().map(JSON::readTree).map(RecordedCase::new).toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The executions whose bodies Piston read as JSON. */
	static List<RecordedCase> executions() {
		return all().stream()
			.filter((recorded) -> recorded.text("method").equals("POST"))
			.filter((recorded) -> recorded.text("path").equals("/api/v2/execute"))
			.filter((recorded) -> recorded.recording.path("headers")
				.path("Content-Type")
				.asString()
				.equals("application/json"))
			.toList();
	}

	public static List<LanguageRuntime> runtimes() {
		byte[] list = all().stream()
			.filter((recorded) -> recorded.text("name").equals("230-case"))
			.map((recorded) -> JSON.writeValueAsBytes(recorded.recording.get("response")))
			.findFirst()
			.orElseThrow();
		List<LanguageRuntime> runtimes = new ArrayList<>(Objects.requireNonNull(PistonRuntimes.read(list)));
		runtimes.removeIf((runtime) -> runtime.language().equals("dash"));
		return runtimes;
	}

	public String method() {
		return text("method");
	}

	public String path() {
		return text("path");
	}

	/** Empty where none was sent. */
	public String sentType() {
		String type = this.recording.path("headers").path("Content-Type").asString("");
		return type.equals("None") ? "" : type;
	}

	public String contentType() {
		return text("content_type");
	}

	public String name() {
		return text("name");
	}

	public String body() {
		return this.recording.path("body").asString("");
	}

	public int status() {
		return this.recording.path("status").asInt();
	}

	public JsonNode response() {
		return this.recording.path("response");
	}

	@Override
	public String toString() {
		return name();
	}

	private String text(String field) {
		return this.recording.path(field).asString();
	}

}
