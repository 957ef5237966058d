package dev.sluice.pool;

/**
 * The sessions of a pool, as this process holds them.
 *
 * @param leased those in which executions run
 * @param idle those that wait for the next execution
 * @param quarantined those in which something may still run, until it has been stopped
 * @param allocated how many identifiers were ever made
 */
public record SessionCounts(int leased, int idle, int quarantined, long allocated) {

	static final SessionCounts NONE = new SessionCounts(0, 0, 0, 0);

}
