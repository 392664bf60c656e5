/**
 * One record per operator, everything about it in its file, and {@code Ops}, their table of
 * contents.
 *
 * <p>An operator checks shapes, binds memory and spells its gradient; it computes through kernels.
 * Used by {@code tensor}, by users and by what compiles graphs.
 */
package dev.lanewise.tensor.op;
