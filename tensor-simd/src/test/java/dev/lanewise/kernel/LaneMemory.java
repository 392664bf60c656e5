package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * Operands for tests of elementwise loops: numbers at the edges of a format, and access to them.
 */
final class LaneMemory {
  private static final double[] EDGES = {
    0.0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    2,
    -2,
    3,
    -3,
    1.5,
    -1.5,
    0.1,
    -0.1,
    10,
    -10,
    100,
    -100,
    1e-3,
    -1e-3,
    88.5,
    -88.5,
    89.5,
    -104.5,
    709.5,
    -709.5,
    710.5,
    -746.5,
    1e-30,
    -1e-30,
    1e30,
    -1e30,
    1e5,
    -1e5,
    123456.7,
    -123456.7,
    1e7,
    2.5e6,
    0.41421356,
    0.70710678,
    1.41421356,
    0.78539816,
    1.57079633,
    3.14159265,
    -3.14159265,
    8388607.5,
    8388609,
    -8388609,
    16777215,
    4503599627370495.5,
    4503599627370497.0,
    -9007199254740991.0
  };

  private LaneMemory() {}

  /** Edges of the format and its neighbours of 0 and 1, NaN and infinities included. */
  static double[] edges(Element element) {
    boolean narrow = element == Element.F32;
    double[] format = {
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      narrow ? Float.MAX_VALUE : Double.MAX_VALUE,
      narrow ? -Float.MAX_VALUE : -Double.MAX_VALUE,
      narrow ? Float.MIN_NORMAL : Double.MIN_NORMAL,
      narrow ? Float.MIN_VALUE : Double.MIN_VALUE,
      narrow ? -Float.MIN_VALUE : -Double.MIN_VALUE,
      narrow ? 1e-39 : 1e-310,
      narrow ? -1e-39 : -1e-310,
      narrow ? Math.nextUp(1f) : Math.nextUp(1.0),
      narrow ? Math.nextDown(1f) : Math.nextDown(1.0),
    };
    double[] all = new double[format.length + EDGES.length];
    System.arraycopy(format, 0, all, 0, format.length);
    System.arraycopy(EDGES, 0, all, format.length, EDGES.length);
    return all;
  }

  /** A random number: of any bits, or of ordinary size. */
  static double random(Element element, Random random) {
    return switch (random.nextInt(3)) {
      case 0 ->
          element == Element.F32
              ? Float.intBitsToFloat(random.nextInt())
              : Double.longBitsToDouble(random.nextLong());
      case 1 -> random.nextGaussian() * 50;
      default -> random.nextGaussian();
    };
  }

  static double get(Element element, MemorySegment x, long at) {
    return element == Element.F32
        ? x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at)
        : x.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at);
  }

  static void set(Element element, MemorySegment x, long at, double value) {
    if (element == Element.F32) {
      x.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) value);
    } else {
      x.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, value);
    }
  }
}
