package dev.lanewise.kernel;

/**
 * The arithmetic of this process: whether a multiply-add is fused, decided once for every provider.
 *
 * <p>Where the CPU has no fused multiply-add, {@link Math#fma} computes with {@code BigDecimal} and
 * is ten thousand times slower, so kernels multiply and add instead.
 */
public final class Arithmetic {
  /**
   * Whether {@link #fma} rounds once. It does unless the virtual machine says otherwise: the
   * instruction may be missing on x86, and is part of every 64-bit ARM.
   */
  public static final boolean FMA =
      HotSpotFlags.value("UseFMA").map(Boolean::parseBoolean).orElse(true);

  private Arithmetic() {}

  /** {@code a * b + c}, rounded once where {@link #FMA} holds and twice elsewhere. */
  public static float fma(float a, float b, float c) {
    return FMA ? Math.fma(a, b, c) : a * b + c;
  }

  /** {@code a * b + c}, rounded once where {@link #FMA} holds and twice elsewhere. */
  public static double fma(double a, double b, double c) {
    return FMA ? Math.fma(a, b, c) : a * b + c;
  }
}
