package dev.sluice;

import dev.sluice.doctor.Doctor;
import dev.sluice.gateway.ChainConfiguration;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The doctor as a process of its own, with the gateway's configuration.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ChainConfiguration.class)
class DoctorProcess {

	@Bean
	Doctor doctor() {
		return new Doctor();
	}

}
