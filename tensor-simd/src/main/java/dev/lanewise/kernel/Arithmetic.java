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
   * instruction may be missing or switched off on x86, and is part of every 64-bit ARM.
   */
  public static final boolean FMA =
      evidentlyFused() || HotSpotFlags.value("UseFMA").map(Boolean::parseBoolean).orElse(true);

  private Arithmetic() {}

  /** {@code a * b + c}, rounded once where {@link #FMA} holds and twice elsewhere. */
  public static float fma(float a, float b, float c) {
    return FMA ? Math.fma(a, b, c) : a * b + c;
  }

  /** {@code a * b + c}, rounded once where {@link #FMA} holds and twice elsewhere. */
  public static double fma(double a, double b, double c) {
    return FMA ? Math.fma(a, b, c) : a * b + c;
  }

  /**
   * Whether four multiply-adds took less than a microsecond, which {@code BigDecimal} exceeds
   * thirty times. This is only a shortcut: asking the virtual machine costs a start 40 ms, and a
   * doubt is settled by asking.
   */
  private static boolean evidentlyFused() {
    double value = 1.1;
    for (int attempt = 0; attempt < 5; attempt++) {
      long start = System.nanoTime();
      for (int i = 0; i < 4; i++) {
        value = Math.fma(value, 0.9, 0.1);
      }
      if (System.nanoTime() - start < 1000 && value > 0) {
        return true;
      }
    }
    return false;
  }
}
