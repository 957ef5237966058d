/**
 * The words that every room shares: an execution, its answer and events, and the ways it
 * can fail; it knows no other room.
 */
@NullMarked
package dev.sluice.execution;

import org.jspecify.annotations.NullMarked;
