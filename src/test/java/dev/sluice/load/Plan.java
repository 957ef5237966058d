package dev.sluice.load;

import java.time.Duration;
import java.util.List;

import io.gatling.javaapi.core.PopulationBuilder;

/**
 * Who comes, and what must hold once they are gone.
 *
 * @param populations who comes
 * @param lasts until when they come
 * @param judgements what must hold, beside what must hold of any load
 */
record Plan(List<PopulationBuilder> populations, Duration lasts, List<Judgement> judgements) {
}
