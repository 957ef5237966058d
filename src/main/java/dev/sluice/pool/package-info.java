/**
 * Carries executions to session pools: the request on the wire, identifiers, tokens, and
 * what a pool's failures mean; it knows nothing of clients or of what runs in a session.
 */
@NullMarked
package dev.sluice.pool;

import org.jspecify.annotations.NullMarked;
