package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A right-hand operand of a product after {@link GemmKernel#pack}: {@code rows x columns} elements
 * in {@link GemmKernel#packedBytes} bytes from {@code at}, in an order that only the kernel that
 * packed them knows. Constant once packed, so threads may share it.
 *
 * <p>{@code at} is a multiple of 64 bytes in memory.
 */
public record PackedMatrix(MemorySegment memory, long at, long rows, long columns) {}
