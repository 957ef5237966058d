package dev.sluice.engine;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Scanner;

import dev.sluice.execution.Event;
import dev.sluice.execution.Stage;

/**
 * An engine in a process of its own, which takes programs from its standard input, a line
 * each, and writes a line to its standard output for each that has ended.
 */
final class ContainedEngine {

	private static final PrintStream ANSWERS = System.out;

	private ContainedEngine() {
	}

	/**
	 * Runs it.
	 * @param settings properties below {@code sluice.engine}
	 */
	public static void main(String[] settings) {
		System.setOut(System.err);
		try (Engine engine = Engines.start(settings); Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
			say("ready", engine.sandbox() + " " + engine.admitsStrangers() + " " + engine.notEnforced());
			while (lines.hasNextLine()) {
				String[] words = lines.nextLine().split(" ", 3);
				String code = new String(Base64.getDecoder().decode(words[2]), StandardCharsets.UTF_8);
				engine.run(Engines.program(engine, words[1], code))
					.collectList()
					.subscribe((story) -> tell(words[0], story), (error) -> say(words[0], error.toString()));
			}
		}
	}

	private static void tell(String number, List<Event> story) {
		Ran run = Ran.of(story, Stage.RUN);
		say(number, run.stdout() + run.stderr());
	}

	private static synchronized void say(String word, String text) {
		ANSWERS.println(word + " " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
	}

}
