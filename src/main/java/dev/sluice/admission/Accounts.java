package dev.sluice.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import dev.sluice.execution.Client;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;

/**
 * What all clients have taken of what they may have. Past a number of clients those that
 * nothing runs for are forgotten, who rest first.
 */
final class Accounts {

	private final int most;

	private final TimeMeter clock;

	private final Map<String, Account> accounts = new ConcurrentHashMap<>();

	private volatile int roomFor;

	/**
	 * Makes them.
	 * @param most how many clients are remembered that nothing runs for
	 * @param clock the clock
	 */
	Accounts(int most, TimeMeter clock) {
		this.most = most;
		this.roomFor = most;
		this.clock = clock;
	}

	/**
	 * Takes an execution's part of what a client may have.
	 * @param client the client
	 * @param limits what it may have
	 * @return the part
	 * @throws ExecutionFailure with {@link FailureCode#QUOTA_EXCEEDED}
	 */
	Pass take(Client client, Limits limits) {
		if (limits.isNone()) {
			return Pass.FREE;
		}
		while (true) {
			Account account = account(client, limits);
			Pass pass = account.take(limits);
			if (pass != null) {
				return pass;
			}
			this.accounts.remove(key(client), account);
		}
	}

	/** What is left of a client's rate; null where it has none. */
	@Nullable Quota quota(Client client, Limits limits) {
		return (limits.rate() == null) ? null : account(client, limits).quota(limits);
	}

	/** How many executions have a part of somebody's. */
	int running() {
		return this.accounts.values().stream().mapToInt(Account::running).sum();
	}

	int size() {
		return this.accounts.size();
	}

	private Account account(Client client, Limits limits) {
		Account known = this.accounts.get(key(client));
		return (known != null) ? known : open(client, limits);
	}

	private Account open(Client client, Limits limits) {
		if (this.accounts.size() >= this.roomFor) {
			forget(Account::isRested);
			if (this.accounts.size() >= this.most) {
				forget((account) -> true);
			}
			// Not to look through those who all run again and again.
			this.roomFor = (this.accounts.size() < this.most) ? this.most : 2 * this.accounts.size();
		}
		return this.accounts.computeIfAbsent(key(client), (key) -> new Account(words(client), limits, this.clock));
	}

	private void forget(Predicate<Account> which) {
		this.accounts.values().removeIf((account) -> which.test(account) && account.close());
	}

	private static String words(Client client) {
		return (client.name() != null) ? "The client '" + client.name() + "'"
				: "All clients together, as none is known,";
	}

	private static String key(Client client) {
		return (client.name() != null) ? client.name() : "";
	}

}
