package dev.sluice.execution;

import java.util.List;

import reactor.core.publisher.Mono;

/**
 * The way to a program that runs, for what it is to be told. Items are numbered from 0,
 * so that each is applied once, and in order, however often it is sent.
 */
@FunctionalInterface
public interface InputChannel {

	/**
	 * Sends items.
	 * @param from the number of the first of them
	 * @param items the items, one at least
	 * @return the number of the item that is expected next: those before it are applied,
	 * the others found no room; an {@link ExecutionFailure} where the program can't be
	 * told, such as since it has ended
	 */
	Mono<Long> send(long from, List<InputItem> items);

}
