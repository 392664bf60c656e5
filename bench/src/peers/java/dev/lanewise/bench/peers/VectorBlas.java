package dev.lanewise.bench.peers;

import dev.lanewise.bench.GemmPeer;
import dev.ludovic.netlib.blas.BLAS;
import java.lang.reflect.Method;

/** The Vector API kernels of dev.ludovic.netlib. */
public final class VectorBlas implements GemmPeer {
  private final BLAS blas = instance();

  /** The class is package-private and its siblings would choose a native library. */
  private static BLAS instance() {
    try {
      Method method =
          Class.forName("dev.ludovic.netlib.blas.VectorBLAS").getDeclaredMethod("getInstance");
      method.setAccessible(true);
      return (BLAS) method.invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("VectorBLAS: not as expected in this version", e);
    }
  }

  @Override
  public String name() {
    return "VectorBLAS";
  }

  /** Row-major matrices are column-major ones transposed, so the operands are exchanged. */
  @Override
  public void multiply(int m, int n, int k, float[] a, float[] b, float[] c) {
    blas.sgemm("N", "N", n, m, k, 1, b, n, a, k, 0, c, n);
  }
}
