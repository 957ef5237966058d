/**
 * The mains: picks the process by the first argument, and lets the rooms meet.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
