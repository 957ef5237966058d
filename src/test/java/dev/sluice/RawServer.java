package dev.sluice;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A server that answers each request with bytes written for the test, and does to its
 * connection what the test says. A pool's management calls succeed unless it says
 * otherwise.
 */
public final class RawServer implements AutoCloseable {

	/** What follows the bytes. */
	public enum Then {

		/** The connection stays open for the next request. */
		KEEP,

		/** The connection ends in order. */
		CLOSE,

		/** The connection is reset. */
		RESET,

		/**
		 * The connection is reset once what was sent has been read, as far as one can
		 * tell.
		 */
		RESET_LATER,

		/** Nothing more comes. */
		HANG

	}

	/**
	 * What a request is answered with.
	 *
	 * @param bytes the head and the body; a {@code \n} is a line's end as HTTP wants it
	 * @param then what follows
	 */
	public record Reply(String bytes, Then then) {

		/**
		 * A whole answer.
		 * @param status the status
		 * @param headers further header lines, each with its end
		 * @param body the body
		 * @return the reply
		 */
		public static Reply whole(int status, String headers, String body) {
			int length = body.getBytes(StandardCharsets.UTF_8).length;
			return new Reply("HTTP/1.1 " + status + " Status\n" + headers + "Content-Length: " + length + "\n\n" + body,
					Then.KEEP);
		}

	}

	private static final Pattern EXECUTION = Pattern.compile("Sluice-Execution: [0-9a-f]+");

	/** Makes up an answer for a request, and may take its time. */
	@FunctionalInterface
	public interface Script {

		Reply reply(String request) throws IOException;

	}

	private final Queue<Reply> turns = new ConcurrentLinkedQueue<>();

	private final ServerSocket server;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final Thread acceptor;

	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger connections = new AtomicInteger();

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile Reply reply = new Reply("", Then.KEEP);

	private volatile @Nullable Reply runtimes;

	private volatile int echo;

	private volatile Reply management = Reply.whole(200, "", "");

	private volatile @Nullable Script script;

	private volatile Then onConnect = Then.KEEP;

	public RawServer() {
		this(0);
	}

	/**
	 * Listens.
	 * @param port where; 0 for any
	 */
	public RawServer(int port) {
		try {
			this.server = new ServerSocket(port, 1024, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.acceptor = Thread.ofVirtual().start(this::accept);
	}

	/**
	 * Answers from now on with these bytes.
	 * @param answer the head and the body; a {@code \n} is a line's end as HTTP wants it
	 * @param then what follows
	 * @return this server
	 */
	public RawServer answers(String answer, Then then) {
		this.reply = new Reply(answer, then);
		return this;
	}

	/**
	 * Answers from now on with a whole answer.
	 * @param status the status
	 * @param headers further header lines, each with its end
	 * @param body the body
	 * @return this server
	 */
	public RawServer answers(int status, String headers, String body) {
		this.reply = Reply.whole(status, headers, body);
		return this;
	}

	/**
	 * Answers the next requests with these, one each, and all that follow with the last.
	 * @param replies the answers
	 * @return this server
	 */
	public RawServer answersInTurn(Reply... replies) {
		this.reply = replies[replies.length - 1];
		this.turns.addAll(List.of(replies));
		return this;
	}

	/**
	 * Answers requests for runtimes with these.
	 * @param json the runtimes
	 * @return this server
	 */
	public RawServer answersForRuntimes(String json) {
		this.runtimes = Reply.whole(200, "Content-Type: application/json\n", json);
		return this;
	}

	/**
	 * Answers management calls with this.
	 * @param answer the answer
	 * @return this server
	 */
	public RawServer answersForManagement(Reply answer) {
		this.management = answer;
		return this;
	}

	/**
	 * Answers from now on with what was asked, as pages for developers do.
	 * @param status the status
	 * @return this server
	 */
	public RawServer answersWithRequest(int status) {
		this.echo = status;
		return this;
	}

	/**
	 * Answers from now on as a script says.
	 * @param answers what is answered to each request
	 * @return this server
	 */
	public RawServer answersBy(Script answers) {
		this.script = answers;
		return this;
	}

	/**
	 * Does to each new connection what the test says, before anything is read of it.
	 * @param then what is done; {@link Then#KEEP} for nothing
	 * @return this server
	 */
	public RawServer onConnect(Then then) {
		this.onConnect = then;
		return this;
	}

	public URI address() {
		return URI.create("http://127.0.0.1:" + this.server.getLocalPort());
	}

	/**
	 * The requests so far to a path that contains a word.
	 * @param word the word
	 * @return the number
	 */
	public int count(String word) {
		return (int) this.requests.stream()
			.filter((request) -> request.lines().findFirst().orElse("").contains(word))
			.count();
	}

	/**
	 * The requests so far, each with its head and body.
	 * @return the requests
	 */
	public List<String> requests() {
		return this.requests;
	}

	/**
	 * How many requests were read whose connection has not ended since, and which were
	 * not answered whole.
	 * @return the number
	 */
	public int open() {
		return this.open.get();
	}

	/**
	 * How many connections were accepted.
	 * @return the number
	 */
	public int connections() {
		return this.connections.get();
	}

	/**
	 * Stops listening, and ends all connections.
	 */
	@Override
	public void close() {
		try {
			this.server.close();
			this.acceptor.join(Duration.ofSeconds(2));
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				this.connections.incrementAndGet();
				this.sockets.add(socket);
				Thread.ofVirtual().start(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			if (this.onConnect != Then.KEEP) {
				end(socket, this.onConnect);
				return;
			}
			String request = read(socket.getInputStream());
			while (!request.isEmpty()) {
				this.requests.add(request);
				if (request.startsWith("POST /.management/")) {
					answer(socket, this.management, request);
				}
				else if (this.echo > 0) {
					answer(socket, Reply.whole(this.echo, "", request), request);
				}
				else if (!answer(socket, next(request), request)) {
					return;
				}
				request = read(socket.getInputStream());
			}
		}
		catch (IOException ex) {
			// The client left, which is what some tests are about.
		}
		finally {
			this.sockets.remove(socket);
		}
	}

	private Reply next(String request) throws IOException {
		Script answers = this.script;
		if (answers != null) {
			return answers.reply(request);
		}
		Reply known = this.runtimes;
		if (known != null && request.startsWith("GET ")) {
			return known;
		}
		Reply turn = this.turns.poll();
		return (turn != null) ? turn : this.reply;
	}

	private boolean answer(Socket socket, Reply reply, String request) throws IOException {
		this.open.incrementAndGet();
		try {
			String head = echoed(reply.bytes(), request);
			int body = head.indexOf("\n\n");
			String bytes = (body >= 0)
					? head.substring(0, body).replace("\n", "\r\n") + "\r\n\r\n" + head.substring(body + 2)
					: head.replace("\n", "\r\n");
			socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
			socket.getOutputStream().flush();
			return end(socket, reply.then());
		}
		finally {
			this.open.decrementAndGet();
		}
	}

	/** An adapter says which execution it answers. */
	private static String echoed(String answer, String request) {
		Matcher id = EXECUTION.matcher(request);
		return (answer.contains("Sluice-Execution: ") || !id.find()) ? answer
				: answer.replaceFirst("Sluice-Adapter: 1\n", "Sluice-Adapter: 1\n" + id.group() + "\n");
	}

	/** Whether the connection goes on. */
	private static boolean end(Socket socket, Then then) throws IOException {
		switch (then) {
			case KEEP -> {
				return true;
			}
			case HANG -> socket.getInputStream().transferTo(OutputStream.nullOutputStream());
			case RESET -> socket.setSoLinger(true, 0);
			case RESET_LATER -> {
				LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
				socket.setSoLinger(true, 0);
			}
			case CLOSE -> socket.shutdownOutput();
		}
		return false;
	}

	private static String read(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				return "";
			}
			head.write(next);
		}
		String text = head.toString(StandardCharsets.UTF_8);
		return text + body(in, text.toLowerCase(Locale.ROOT));
	}

	private static String body(InputStream in, String head) throws IOException {
		int length = head.indexOf("content-length: ");
		if (length >= 0) {
			int end = head.indexOf('\r', length);
			return new String(in.readNBytes(Integer.parseInt(head.substring(length + 16, end))),
					StandardCharsets.UTF_8);
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		while (head.contains("transfer-encoding: chunked")
				&& !body.toString(StandardCharsets.UTF_8).endsWith("0\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				return "";
			}
			body.write(next);
		}
		return body.toString(StandardCharsets.UTF_8);
	}

}
