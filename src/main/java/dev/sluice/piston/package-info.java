/**
 * Piston's wire format, written once for both ends: requests and their validation,
 * version selectors, answers, error bodies; it knows nothing of pools, engines or HTTP
 * servers.
 */
@NullMarked
package dev.sluice.piston;

import org.jspecify.annotations.NullMarked;
