/**
 * The front doors: turns clients' HTTP requests into executions and what comes of them
 * into responses; it knows nothing of pools.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
