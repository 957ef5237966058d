/**
 * The process in a session's container: takes an execution over HTTP and hands it to a
 * Piston or to our engine; it knows nothing of pools, tokens or other sessions.
 */
@NullMarked
package dev.sluice.adapter;

import org.jspecify.annotations.NullMarked;
