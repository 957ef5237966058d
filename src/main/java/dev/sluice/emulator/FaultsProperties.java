package dev.sluice.emulator;

import java.time.Duration;
import java.util.Map;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.PositiveOrZero;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often the emulated pool fails executions by itself.
 *
 * @param rates the share of executions that each fault befalls, from 0 to 1; none by
 * default
 * @param after how long a fault takes that takes time: slow and gateway-timeout
 */
record FaultsProperties(@DefaultValue Map<Fault, Double> rates, @DefaultValue("1s") @PositiveOrZero Duration after) {

	@AssertTrue(message = "must be shares from 0 to 1, and all together no more than 1")
	boolean isRatesShares() {
		return areShares(this.rates);
	}

	static boolean areShares(Map<Fault, Double> rates) {
		return rates.values().stream().allMatch((rate) -> rate >= 0 && rate <= 1)
				&& rates.values().stream().mapToDouble(Double::doubleValue).sum() <= 1;
	}

}
