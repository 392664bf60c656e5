/**
 * The kernel contracts: what a kernel computes, on which memory, in which order.
 *
 * <p>A kernel knows native memory, byte offsets and counts, and no tensor. It neither allocates nor
 * starts threads nor checks shapes; whoever calls it has. Two providers implement every contract:
 * {@code kernel.scalar} in plain Java and {@code kernel.simd} with the Vector API. On a CPU with
 * fused multiply-add they give the same bits. Used by {@code tensor}, {@code tensor.op} and {@code
 * tensor.graph} only.
 */
package dev.lanewise.kernel;
