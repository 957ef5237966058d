/**
 * Walks one execution through every link of a pool, and explains; it knows pools only as
 * the gateway uses them.
 */
@NullMarked
package dev.sluice.doctor;

import org.jspecify.annotations.NullMarked;
