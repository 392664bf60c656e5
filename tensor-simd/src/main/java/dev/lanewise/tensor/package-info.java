/**
 * Tensors, their memory and lifetimes, and what an operator is.
 *
 * <p>Knows kernels only through {@code Kernels}. Together with {@code tensor.op} it forms the core:
 * the fluent methods of {@code Tensor} are one line each onto an operator. Used by everybody above.
 */
package dev.lanewise.tensor;
