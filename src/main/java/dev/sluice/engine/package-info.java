/**
 * Runs a program on this machine, in a sandboxed child process; it knows nothing of
 * Piston's wire format, of HTTP, or of where the program came from.
 */
@NullMarked
package dev.sluice.engine;

import org.jspecify.annotations.NullMarked;
