package dev.sluice.emulator;

import java.security.SecureRandom;
import java.util.HexFormat;

import dev.sluice.adapter.Adapter;
import dev.sluice.adapter.AdapterConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/**
 * Makes an emulated pool inside this process, once somebody asks for it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EmulatorProperties.class)
@Import(AdapterConfiguration.class)
public class EmbeddedPoolConfiguration {

	private static final int TOKEN_BYTES = 32;

	@Bean
	@Lazy
	EmbeddedPool embeddedPool(EmulatorProperties properties, ObjectProvider<Adapter> adapter) {
		byte[] token = new byte[TOKEN_BYTES];
		new SecureRandom().nextBytes(token);
		String text = HexFormat.of().formatHex(token);
		return new EmbeddedPool(Emulator.create(properties, text, adapter), text, adapter.getObject());
	}

}
