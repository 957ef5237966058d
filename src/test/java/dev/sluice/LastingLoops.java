package dev.sluice;

import reactor.netty.http.HttpResources;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Leaves the event loops alone as a process ends. By itself it ends them for the whole
 * Java machine, and the processes of a test, which share one, would wait in vain for
 * theirs.
 */
@Configuration(proxyBeanMethods = false)
class LastingLoops {

	@Bean
	ReactorResourceFactory reactorResourceFactory() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setConnectionProvider(HttpResources.get());
		resources.setLoopResources(HttpResources.get());
		return resources;
	}

}
