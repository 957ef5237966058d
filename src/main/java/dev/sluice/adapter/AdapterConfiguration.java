package dev.sluice.adapter;

import java.net.URI;
import java.util.Objects;

import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineConfiguration;
import dev.sluice.engine.EngineUnavailableException;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.StartRefusedException;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/**
 * Makes an adapter: in front of the Piston that is named, or else of our own engine.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ AdapterProperties.class, HttpProperties.class })
@Import(EngineConfiguration.class)
public class AdapterConfiguration {

	private static final String ELSEWHERE = "Run programs elsewhere: set sluice.adapter.piston-url to the address of a Piston.";

	@Bean
	@Lazy
	Adapter adapter(AdapterProperties properties, HttpProperties http, ObjectProvider<Engine> engine) {
		URI piston = properties.pistonUrl();
		Workshop workshop = (piston != null) ? new PistonWorkshop(piston, properties)
				: engineWorkshop(engine, properties);
		return new Adapter(workshop, properties, http);
	}

	private static EngineWorkshop engineWorkshop(ObjectProvider<Engine> engine, AdapterProperties properties) {
		try {
			return new EngineWorkshop(engine.getObject(), properties);
		}
		catch (BeanCreationException ex) {
			if (ex.getMostSpecificCause() instanceof EngineUnavailableException unavailable) {
				throw new StartRefusedException(String.valueOf(unavailable.getMessage()),
						Objects.requireNonNullElse(unavailable.remedy(), ELSEWHERE));
			}
			throw ex;
		}
	}

}
