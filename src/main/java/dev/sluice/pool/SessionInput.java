package dev.sluice.pool;

import java.util.List;
import java.util.Set;

import dev.sluice.execution.InputChannel;
import dev.sluice.execution.InputItem;
import dev.sluice.piston.AdapterHeaders;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * The way to a program in a session: small requests beside the one that its execution
 * holds open, since pools are not known to carry WebSockets.
 */
final class SessionInput implements InputChannel {

	/** Sends items to the session, from a number on. */
	@FunctionalInterface
	interface Sender {

		Mono<Long> send(long from, List<InputItem> items);

	}

	private final Sender sender;

	private final Set<String> capabilities;

	/**
	 * Makes the way.
	 * @param sender sends items
	 * @param answer the head of the execution's answer, which says what its engine can do
	 */
	SessionInput(Sender sender, HttpHeaders answer) {
		this.sender = sender;
		this.capabilities = StringUtils.commaDelimitedListToSet(answer.getFirst(AdapterHeaders.CAPABILITIES));
	}

	@Override
	public Mono<Long> send(long from, List<InputItem> items) {
		return this.sender.send(from, items);
	}

	@Override
	public boolean takes(InputItem item) {
		return switch (item) {
			case InputItem.Text text -> true;
			case InputItem.EndOfFile end -> this.capabilities.contains(AdapterHeaders.CAN_END_INPUT);
			case InputItem.Signal signal -> this.capabilities.contains(AdapterHeaders.CAN_SIGNAL);
		};
	}

}
