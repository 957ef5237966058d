package dev.sluice;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.sluice.adapter.AdapterProcess;
import dev.sluice.doctor.Doctor;
import dev.sluice.doctor.Finding;
import dev.sluice.emulator.EmulatorProcess;
import dev.sluice.gateway.Ahead;
import dev.sluice.gateway.Chain;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.pool.Pool;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The one jar's entry.
 */
public final class Sluice {

	private static final String USAGE = """
			Usage: sluice [gateway|adapter|emulator|doctor] [--PROPERTY=VALUE …]
			  gateway    serves Piston's v2 API, and carries executions to a session pool (the default)
			  adapter    stands in a session's container, before a Piston or our engine
			  emulator   plays Azure's session pool on this machine
			  doctor     sends executions through the chain, and says which link is broken""";

	/**
	 * What Netty is told before it begins, however the process was started; whoever sets
	 * another value keeps it. Its epoll (4.2.17) now and then loses an event of a
	 * connection that is not read all the time, and the call hangs until it times out.
	 * Its adaptive allocator makes large bodies more than twice as slow on a Java that
	 * keeps Unsafe from it. There are as many event loops as cores. One thread does
	 * nothing but accept connections, so that a crowd which comes at once does not wait
	 * in the system's short queue until it is reset.
	 */
	private static final Map<String, String> NETTY = Map.of("reactor.netty.native", "false", "io.netty.allocator.type",
			"pooled", "reactor.netty.ioSelectCount", "1", "reactor.netty.ioWorkerCount",
			Integer.toString(Runtime.getRuntime().availableProcessors()));

	private static final Duration EXAMINED_WITHIN = Duration.ofMinutes(4);

	private Sluice() {
	}

	/**
	 * Starts the process that the first argument names.
	 * @param args the process's name and Spring Boot's own arguments
	 */
	public static void main(String[] args) {
		NETTY.forEach(Sluice::setByDefault);
		boolean named = args.length > 0 && !args[0].startsWith("-");
		String[] rest = named ? Arrays.copyOfRange(args, 1, args.length) : args;
		switch (named ? args[0] : "gateway") {
			case "gateway" -> {
				Ahead.start();
				server(GatewayProcess.class, GatewayProcess.DEFAULTS).run(rest);
			}
			case "adapter" -> server(AdapterProcess.class, AdapterProcess.DEFAULTS).run(rest);
			case "emulator" -> server(EmulatorProcess.class, EmulatorProcess.DEFAULTS).run(rest);
			case "doctor" -> System.exit(examine(rest));
			default -> {
				System.err.println("There is no process '" + args[0] + "'.\n" + USAGE);
				System.exit(2);
			}
		}
	}

	private static void setByDefault(String property, String value) {
		if (System.getProperty(property) == null) {
			System.setProperty(property, value);
		}
	}

	static SpringApplicationBuilder server(Class<?> process, Map<String, Object> defaults) {
		return new SpringApplicationBuilder(process).web(WebApplicationType.REACTIVE).properties(defaults);
	}

	static int examine(String... args) {
		SpringApplication application = new SpringApplicationBuilder(DoctorProcess.class).web(WebApplicationType.NONE)
			.build();
		try (ConfigurableApplicationContext context = application.run(args)) {
			Chain chain = context.getBean(Chain.class);
			chain.description().forEach(System.out::println);
			boolean sound = !chain.all().isEmpty();
			for (Pool pool : chain.all()) {
				List<Finding> findings = Objects
					.requireNonNull(context.getBean(Doctor.class).examine(pool).block(EXAMINED_WITHIN));
				System.out.println("pool " + pool.name());
				findings.forEach((finding) -> System.out.println(finding.line()));
				sound &= findings.stream().allMatch(Finding::isWell);
			}
			return sound ? 0 : 1;
		}
	}

}
