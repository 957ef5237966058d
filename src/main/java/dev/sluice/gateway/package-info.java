/**
 * The proxy's main: puts the rooms together, and says how they fare.
 */
@NullMarked
package dev.sluice.gateway;

import org.jspecify.annotations.NullMarked;
