package dev.sluice.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Escapes what no URI may have in the target of a request. Spring answers such a request
 * with a bare 400 before any of our code sees it, and Piston with whatever its path
 * means.
 */
@Sharable
final class ReadableTargets extends ChannelInboundHandlerAdapter {

	private static final String LEGAL = "-_.!~*'():@&=+$,;/?#";

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	/** Has a server's requests read so. */
	static HttpServer in(HttpServer server) {
		ReadableTargets targets = new ReadableTargets();
		return server.doOnChannelInit((observer, channel, address) -> targets.addTo(channel));
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpRequest request && !isReadable(request.uri())) {
			request.setUri(readable(request.uri()));
		}
		context.fireChannelRead(message);
	}

	private void addTo(Channel channel) {
		if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
			channel.pipeline().addAfter(NettyPipeline.HttpCodec, "sluice.readableTargets", this);
		}
	}

	static boolean isReadable(String target) {
		for (int i = 0; i < target.length(); i++) {
			if (!isReadable(target, i)) {
				return false;
			}
		}
		return true;
	}

	static String readable(String target) {
		StringBuilder readable = new StringBuilder(target.length() + 16);
		for (int i = 0; i < target.length(); i++) {
			if (isReadable(target, i)) {
				readable.append(target.charAt(i));
			}
			else {
				for (byte one : target.substring(i, i + 1).getBytes(StandardCharsets.ISO_8859_1)) {
					readable.append('%').append(HEX.toHexDigits(one));
				}
			}
		}
		return readable.toString();
	}

	private static boolean isReadable(String target, int at) {
		char letter = target.charAt(at);
		return letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z' || letter >= '0' && letter <= '9'
				|| LEGAL.indexOf(letter) >= 0 || letter == '%' && at + 2 < target.length()
						&& HexFormat.isHexDigit(target.charAt(at + 1)) && HexFormat.isHexDigit(target.charAt(at + 2));
	}

}
