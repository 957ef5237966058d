/**
 * Who may come in, how many wait, and for how long; it knows nothing of pools but whether
 * they have room.
 */
@NullMarked
package dev.sluice.admission;

import org.jspecify.annotations.NullMarked;
