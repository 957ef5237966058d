package dev.sluice.http;

import java.util.List;
import java.util.stream.Stream;

import io.netty.channel.ChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionsTests {

	@Test
	void oneThatCannotBeBrokenKeepsNoOtherFromIt() {
		Connections connections = new Connections();
		NioSocketChannel unregistered = new NioSocketChannel();
		Faulty faulty = new Faulty();
		List<EmbeddedChannel> sound = Stream.generate(EmbeddedChannel::new).limit(8).toList();
		connections.add(unregistered);
		sound.subList(0, 4).forEach(connections::add);
		connections.add(faulty);
		sound.subList(4, 8).forEach(connections::add);
		faulty.fails = true;
		connections.reset();
		sound.forEach(EmbeddedChannel::runPendingTasks);
		assertThat(sound).noneMatch(EmbeddedChannel::isOpen);
		unregistered.unsafe().closeForcibly();
	}

	/** Can't be told how to close. */
	private static final class Faulty extends EmbeddedChannel {

		private boolean fails;

		@Override
		public ChannelConfig config() {
			if (this.fails) {
				throw new IllegalStateException("A fault");
			}
			return super.config();
		}

	}

}
