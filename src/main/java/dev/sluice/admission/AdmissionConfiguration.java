package dev.sluice.admission;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes admissions of {@code sluice.admission}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AdmissionProperties.class)
public class AdmissionConfiguration {

	@Bean
	AdmissionFactory admissionFactory(AdmissionProperties properties) {
		return new AdmissionFactory(properties);
	}

}
