package dev.sluice.admission;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Where executions wait, a line for each thing that they wait for. The higher class goes
 * first; within one the lines take turns. Each step costs as much as there are lines, and
 * a look besides as much as it finds clients and sessions without room, each of them
 * once.
 */
final class WaitingRoom {

	/** Of how many lines that nobody stands in the pace is remembered. */
	private static final int REMEMBERED = 100;

	private record Kind(Object needs, Priority priority) {
	}

	private final AdmissionProperties properties;

	/** The lines, in the order of the turns, by what is waited for; one map a class. */
	private final Map<Priority, SequencedMap<Object, Line>> classes = new EnumMap<>(Priority.class);

	private final Map<String, Integer> clients = new HashMap<>();

	private final Map<Kind, Pace> paces = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Kind, Pace> eldest) {
			return size() > REMEMBERED;
		}

	};

	private volatile int size;

	WaitingRoom(AdmissionProperties properties) {
		this.properties = properties;
		for (Priority priority : Priority.values()) {
			this.classes.put(priority, new LinkedHashMap<>());
		}
	}

	/** How many wait. */
	int size() {
		return this.size;
	}

	/**
	 * Whether somebody waits for the same who goes first.
	 * @param visit who has just come
	 * @return whether it has to wait, too
	 */
	synchronized boolean isBefore(Visit visit) {
		for (Map.Entry<Priority, SequencedMap<Object, Line>> lines : this.classes.entrySet()) {
			if (lines.getKey().compareTo(visit.priority()) <= 0 && lines.getValue().containsKey(visit.needs())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Lets one wait, unless that is too many, or would be in vain.
	 * @param visit who; nothing happens where it has left
	 * @return why it may not; null where it may
	 */
	synchronized @Nullable ExecutionFailure add(Visit visit) {
		Line line = lines(visit).get(visit.needs());
		Pace pace = pace(visit);
		int before = (line != null) ? line.before(visit) : 0;
		int mine = this.clients.getOrDefault(visit.client(), 0);
		int share = this.properties.share(this.properties.queue() - this.size);
		boolean full = this.size >= this.properties.queue();
		if (visit.isKnown() && mine > 0 && (full ? hasMoreThanItsPart(mine) : mine >= share)) {
			return Overload.ofClient(mine, pace.until(before + 1));
		}
		if (full) {
			return Overload.queueFull(this.size, pace.until(before + 1));
		}
		Duration wait = (before > 0) ? pace.until(before + 1) : null;
		if (wait != null && wait.compareTo(visit.until().left()) > 0) {
			return Overload.inVain(wait, visit.until().left());
		}
		if (visit.isWaiting()) {
			line(visit).add(visit);
			count(visit, 1);
		}
		return null;
	}

	/** Who has less is not to blame for a full queue. */
	private boolean hasMoreThanItsPart(int mine) {
		Integer most = this.properties.clientQueue();
		return (most != null && mine >= most) || mine > this.properties.queue() / (this.clients.size() + 1);
	}

	/**
	 * Takes one back that was refused after its turn. It has the next one, and a place in
	 * any case.
	 * @param visit who; nothing happens where it has left
	 */
	synchronized void addFirst(Visit visit) {
		if (visit.isWaiting()) {
			Line line = line(visit);
			line.addFirst(visit);
			lines(visit).putFirst(visit.needs(), line);
			count(visit, 1);
		}
	}

	/**
	 * Takes one out that no longer waits.
	 * @param visit who; it need not be there
	 */
	synchronized void remove(Visit visit) {
		Line line = lines(visit).get(visit.needs());
		if (line != null && line.remove(visit)) {
			gone(visit, line);
		}
	}

	/**
	 * Takes out the one whose turn it is.
	 * @param look the look that is had at all
	 * @return the one; null where nobody has room
	 */
	synchronized @Nullable Visit next(Look look) {
		for (SequencedMap<Object, Line> lines : this.classes.values()) {
			for (Map.Entry<Object, Line> one : lines.entrySet()) {
				Line line = one.getValue();
				Visit next = (look.isFull(one.getKey()) || look.hasPassed(line)) ? null : line.next(look);
				if (next != null) {
					line.turn(next);
					lines.putLast(next.needs(), line);
					gone(next, line);
					return next;
				}
			}
		}
		return null;
	}

	private void gone(Visit visit, Line line) {
		if (line.isEmpty()) {
			lines(visit).remove(visit.needs());
		}
		count(visit, -1);
	}

	private synchronized void count(Visit visit, int more) {
		this.size += more;
		this.clients.merge(visit.client(), more, (before, change) -> (before + change == 0) ? null : before + change);
	}

	private SequencedMap<Object, Line> lines(Visit visit) {
		return Objects.requireNonNull(this.classes.get(visit.priority()));
	}

	private Line line(Visit visit) {
		return lines(visit).computeIfAbsent(visit.needs(), (needs) -> new Line(pace(visit)));
	}

	private Pace pace(Visit visit) {
		return this.paces.computeIfAbsent(new Kind(visit.needs(), visit.priority()),
				(kind) -> new Pace(System::nanoTime));
	}

}
