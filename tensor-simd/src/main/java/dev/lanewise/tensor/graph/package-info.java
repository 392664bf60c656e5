/**
 * The compiled form of a model: a graph of the same operator records that eager code applies, a
 * memory plan, and sessions that run it without allocating.
 *
 * <p>There is one runtime: layers and imported files both end here. Used by {@code nn} and by the
 * importers; uses {@code tensor} and {@code tensor.op}.
 */
package dev.lanewise.tensor.graph;
