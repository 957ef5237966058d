package dev.sluice.gateway;

import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The log's line an execution.
 *
 * @param executions whether there is one; by default where the log is structured, by
 * logging.structured.format.console or .file
 * @param maxPending how many lines may wait to be written; further ones are dropped and
 * counted
 */
@Validated
@ConfigurationProperties("sluice.log")
record LogProperties(@Nullable Boolean executions, @DefaultValue("8192") @Min(1) int maxPending) {
}
