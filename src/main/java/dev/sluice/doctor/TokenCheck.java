package dev.sluice.doctor;

import java.time.Instant;

import dev.sluice.pool.Setup;
import dev.sluice.pool.TokenFacts;

/**
 * Looks at what may be told of a token.
 *
 * @param facts what may be told
 * @param setup how the pool is configured
 * @param now this machine's time
 */
record TokenCheck(TokenFacts facts, Setup setup, Instant now) {

	/**
	 * Whether it can't be good: it has expired, or is for somebody else.
	 * @return whether it is at fault, where the pool does not let it in
	 */
	boolean isSuspect() {
		return this.setup.wantsToken()
				&& (this.facts.isExpired(this.now) || this.facts.isForAnother(this.setup.scope()));
	}

	/**
	 * The finding on the token.
	 * @param works whether the pool let it in nevertheless
	 * @return the finding
	 */
	Finding finding(boolean works) {
		if (!this.setup.wantsToken()) {
			return Finding.absent(Link.TOKEN, "none is wanted");
		}
		if (!isSuspect()) {
			return Finding.sound(Link.TOKEN, told());
		}
		String fault = this.facts.isExpired(this.now) ? "has expired by this machine's clock"
				: "is not for " + this.setup.scope();
		return works ? Finding.sound(Link.TOKEN, told() + "; it " + fault + ", and is let in")
				: Finding.broken(Link.TOKEN, told() + ": it " + fault, mend());
	}

	private String mend() {
		if (this.setup.tokenGiven()) {
			return "credential.token or credential.token-file: a token that is valid now, for the scope";
		}
		return this.facts.isExpired(this.now) ? "this machine's clock"
				: "credential.scope: https://dynamicsessions.io/.default";
	}

	private String told() {
		return (this.setup.tokenGiven() ? "given" : "obtained for " + this.setup.scope())
				+ ((this.facts.audience() != null) ? ", audience " + this.facts.audience() : "")
				+ ((this.facts.tenant() != null) ? ", tenant " + this.facts.tenant() : "")
				+ ((this.facts.expiresAt() != null) ? ", expires at " + this.facts.expiresAt()
						: ", and does not tell when it expires");
	}

}
