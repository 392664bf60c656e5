package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Loops that C2 compiles by themselves, whoever calls them.
 *
 * <p>C2 inlines a loop into its caller until the caller's budget of nodes is spent. A method that
 * calls several loops spends it in the middle of one, whose vectors are then boxed; which one it
 * is, and whether it happens at all, depends on what has run before. C2 does not see through a
 * method handle that is no constant, so behind one a loop has the budget to itself. A call costs
 * some nanoseconds more.
 */
final class Apart {
  private static final Class<?> M = MemorySegment.class;
  private static final Class<?> L = long.class;
  private static final Class<?> D = double.class;

  private Apart() {}

  private static MethodHandle handle(Object kernel, String name, Class<?>... parameters) {
    try {
      MethodType type = MethodType.methodType(void.class, parameters);
      return MethodHandles.lookup().bind(kernel, name, type);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("kernel: no method " + name + " in " + kernel, e);
    }
  }

  /** What a kernel may throw, all of it unchecked. */
  private static RuntimeException thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }

  /** A loop over one operand. */
  static final class Map implements MapKernel {
    private final MethodHandle run;

    Map(MapKernel kernel) {
      run = handle(kernel, "run", M, L, L, M, L, L, L, D, D);
    }

    @Override
    public void run(
        MemorySegment x,
        long xAt,
        long xStride,
        MemorySegment out,
        long outAt,
        long outStride,
        long count,
        double p,
        double q) {
      try {
        run.invokeExact(x, xAt, xStride, out, outAt, outStride, count, p, q);
      } catch (Throwable failure) {
        throw thrown(failure);
      }
    }
  }

  /** A loop over two operands. */
  static final class Zip implements ZipKernel {
    private final MethodHandle run;

    Zip(ZipKernel kernel) {
      run = handle(kernel, "run", M, L, L, M, L, L, M, L, L, L, D, D);
    }

    @Override
    public void run(
        MemorySegment x,
        long xAt,
        long xStride,
        MemorySegment y,
        long yAt,
        long yStride,
        MemorySegment out,
        long outAt,
        long outStride,
        long count,
        double p,
        double q) {
      try {
        run.invokeExact(x, xAt, xStride, y, yAt, yStride, out, outAt, outStride, count, p, q);
      } catch (Throwable failure) {
        throw thrown(failure);
      }
    }
  }

  /** A loop over three operands. */
  static final class Ternary implements TernaryKernel {
    private final MethodHandle run;

    Ternary(TernaryKernel kernel) {
      run = handle(kernel, "run", M, L, L, M, L, L, M, L, L, M, L, L, L, D, D);
    }

    @Override
    public void run(
        MemorySegment x,
        long xAt,
        long xStride,
        MemorySegment y,
        long yAt,
        long yStride,
        MemorySegment z,
        long zAt,
        long zStride,
        MemorySegment out,
        long outAt,
        long outStride,
        long count,
        double p,
        double q) {
      try {
        run.invokeExact(
            x, xAt, xStride, y, yAt, yStride, z, zAt, zStride, out, outAt, outStride, count, p, q);
      } catch (Throwable failure) {
        throw thrown(failure);
      }
    }
  }

  /** A fold of rows or columns. */
  static final class Reduce implements ReduceKernel {
    private final MethodHandle rows;
    private final MethodHandle columns;

    Reduce(ReduceKernel kernel) {
      rows = handle(kernel, "rows", M, L, L, L, M, L, L, L, L);
      columns = handle(kernel, "columns", M, L, L, M, L, L, L);
    }

    @Override
    public void rows(
        MemorySegment x,
        long xAt,
        long rowStride,
        long stride,
        MemorySegment out,
        long outAt,
        long outStride,
        long count,
        long extent) {
      try {
        rows.invokeExact(x, xAt, rowStride, stride, out, outAt, outStride, count, extent);
      } catch (Throwable failure) {
        throw thrown(failure);
      }
    }

    @Override
    public void columns(
        MemorySegment x,
        long xAt,
        long rowStride,
        MemorySegment out,
        long outAt,
        long rowCount,
        long columnCount) {
      try {
        columns.invokeExact(x, xAt, rowStride, out, outAt, rowCount, columnCount);
      } catch (Throwable failure) {
        throw thrown(failure);
      }
    }
  }
}
