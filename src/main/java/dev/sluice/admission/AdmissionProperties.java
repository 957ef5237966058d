package dev.sluice.admission;

import java.time.Duration;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The bounds of the queue.
 *
 * @param queue how many executions may wait
 * @param maxWait how long one may wait
 */
@Validated
@ConfigurationProperties("sluice.admission")
record AdmissionProperties(@DefaultValue("1000") @Min(0) int queue, @DefaultValue("30s") Duration maxWait) {
}
