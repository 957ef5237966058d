/**
 * What keeps a process from starting that was set wrongly, and says so in a sentence; and
 * an actuator on loopback, where nothing else was set. Knows which settings there are,
 * and nothing of what they do.
 */
@NullMarked
package dev.sluice.settings;

import org.jspecify.annotations.NullMarked;
