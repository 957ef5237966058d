/**
 * What all our HTTP servers share: who may call a server on loopback, a bounded request
 * body, and answers and failures as responses; it knows nothing of pools or engines.
 */
@NullMarked
package dev.sluice.http;

import org.jspecify.annotations.NullMarked;
