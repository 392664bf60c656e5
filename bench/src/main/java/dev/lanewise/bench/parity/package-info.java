/**
 * Whether training here and in a peer is the same: both begin with the same weights, see the same
 * batches, and are held against each other after so many steps. A peer implements {@link
 * dev.lanewise.bench.parity.Side}, as this library does itself.
 */
package dev.lanewise.bench.parity;
