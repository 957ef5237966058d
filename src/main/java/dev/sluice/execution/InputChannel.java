package dev.sluice.execution;

import java.util.List;

import reactor.core.publisher.Mono;

/**
 * The way to a program that runs, for what it is to be told. Items are numbered from 0,
 * so that each is applied once, and in order, however often it is sent.
 */
public interface InputChannel {

	/**
	 * Sends items.
	 * @param from the number of the first of them
	 * @param items the items, one at least
	 * @return the number of the item that is expected next: those before it are applied,
	 * the others found no room; nothing where the program has ended; an
	 * {@link ExecutionFailure} where it can't be told
	 */
	Mono<Long> send(long from, List<InputItem> items);

	/**
	 * Whether what runs the program can do such a thing at all.
	 * @param item the item
	 * @return whether there is a point in sending it
	 */
	boolean takes(InputItem item);

}
