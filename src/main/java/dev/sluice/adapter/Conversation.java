package dev.sluice.adapter;

import reactor.core.publisher.Mono;

/**
 * An interactive run.
 *
 * @param feed where what its client sends goes; may be used before the run begins
 * @param run what runs it
 */
record Conversation(Feed feed, Mono<Ending> run) {
}
