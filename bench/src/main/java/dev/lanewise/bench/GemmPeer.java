package dev.lanewise.bench;

/**
 * Somebody else's product of row-major matrices of F32, found by {@link java.util.ServiceLoader}.
 */
public interface GemmPeer {
  /** The name in tables. */
  String name();

  /** {@code c = a b} for {@code a} of {@code m x k} and {@code b} of {@code k x n}. */
  void multiply(int m, int n, int k, float[] a, float[] b, float[] c);
}
