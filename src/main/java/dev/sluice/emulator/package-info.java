/**
 * Plays Azure's session pool on one machine: its HTTP API, identifiers, allocation,
 * cooldown and limits; it knows the gateway only as a client on the wire.
 */
@NullMarked
package dev.sluice.emulator;

import org.jspecify.annotations.NullMarked;
