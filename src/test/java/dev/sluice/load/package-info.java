/**
 * A load test that anybody can run, by {@code ./mvnw gatling:test}: what it sends, what
 * it makes of the answers, and the chain that it starts where nobody names another. No
 * test of {@code ./mvnw verify} is here.
 */
@NullMarked
package dev.sluice.load;

import org.jspecify.annotations.NullMarked;
