package dev.sluice.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.sluice.execution.LanguageRuntime;
import tools.jackson.databind.json.JsonMapper;

/**
 * Programs that print 42, by language.
 */
enum Program {

	PYTHON("python", "main.py", "print(42)"),

	BASH("bash", "main.sh", "echo 42"),

	JAVASCRIPT("javascript", "main.js", "console.log(42)"),

	C("c", "main.c", "#include <stdio.h>\nint main(void) { puts(\"42\"); return 0; }"),

	CPP("c++", "main.cpp", "#include <iostream>\nint main() { std::cout << 42 << std::endl; }"),

	JAVA("java", "Main.java",
			"public class Main { public static void main(String[] args) { System.out.println(42); } }");

	private static final JsonMapper JSON = new JsonMapper();

	private final String language;

	private final String file;

	private final String code;

	Program(String language, String file, String code) {
		this.language = language;
		this.file = file;
		this.code = code;
	}

	/**
	 * Those that may run.
	 * @param runtimes what the session has
	 * @param used the languages that the pool is used for; empty means all
	 * @return the programs, the quickest first; none where no language fits
	 */
	static List<Program> fitting(List<LanguageRuntime> runtimes, List<String> used) {
		return Arrays.stream(values())
			.filter((program) -> runtimes.stream()
				.anyMatch((runtime) -> runtime.answersTo(program.language)
						&& (used.isEmpty() || used.stream().anyMatch(runtime::answersTo))))
			.toList();
	}

	/** The request that asks for it. */
	String request() {
		return JSON.writeValueAsString(Map.of("language", this.language, "version", "*", "files",
				List.of(Map.of("name", this.file, "content", this.code))));
	}

}
