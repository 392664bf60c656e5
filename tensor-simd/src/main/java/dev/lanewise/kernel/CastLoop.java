package dev.lanewise.kernel;

import static dev.lanewise.kernel.Format.BYTE;
import static dev.lanewise.kernel.Format.DOUBLE;
import static dev.lanewise.kernel.Format.FLOAT;
import static dev.lanewise.kernel.Format.INT;
import static dev.lanewise.kernel.Format.LONG;

import java.lang.foreign.MemorySegment;

/**
 * Converts a row of elements from one format to another. One form serves all providers: the JIT
 * compiler makes vectors of the loops that convert to and from F32, the others are rare.
 *
 * <p>To a floating format the result is the nearest number, ties to even. From a floating format to
 * an integer the fraction is cut off, what lies outside the range becomes its nearest end, NaN
 * becomes 0. Between integers the low bits are kept. A bool is whether the element is not zero.
 */
public final class CastLoop {
  private CastLoop() {}

  /** {@code out[i] = x[i]}, converted; strides in bytes, zero repeats. */
  public static void run(
      Format from,
      MemorySegment x,
      long xAt,
      long xStride,
      Format to,
      MemorySegment out,
      long outAt,
      long outStride,
      long count) {
    if (to == Format.F32) {
      toFloats(from, x, xAt, xStride, out, outAt, outStride, count);
    } else if (from == Format.F32) {
      fromFloats(x, xAt, xStride, to, out, outAt, outStride, count);
    } else {
      any(from, x, xAt, xStride, to, out, outAt, outStride, count);
    }
  }

  private static void toFloats(
      Format from,
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment out,
      long outAt,
      long outStride,
      long count) {
    switch (from) {
      case F64 -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + i * outStride, (float) x.get(DOUBLE, xAt + i * xStride));
        }
      }
      case I64 -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + i * outStride, (float) x.get(LONG, xAt + i * xStride));
        }
      }
      case I32 -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + i * outStride, (float) x.get(INT, xAt + i * xStride));
        }
      }
      case U8, BOOL -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + i * outStride, x.get(BYTE, xAt + i * xStride) & 0xFF);
        }
      }
      default -> any(from, x, xAt, xStride, Format.F32, out, outAt, outStride, count);
    }
  }

  private static void fromFloats(
      MemorySegment x,
      long xAt,
      long xStride,
      Format to,
      MemorySegment out,
      long outAt,
      long outStride,
      long count) {
    switch (to) {
      case F64 -> {
        for (long i = 0; i < count; i++) {
          out.set(DOUBLE, outAt + i * outStride, x.get(FLOAT, xAt + i * xStride));
        }
      }
      case I64 -> {
        for (long i = 0; i < count; i++) {
          out.set(LONG, outAt + i * outStride, (long) x.get(FLOAT, xAt + i * xStride));
        }
      }
      case I32 -> {
        for (long i = 0; i < count; i++) {
          out.set(INT, outAt + i * outStride, (int) x.get(FLOAT, xAt + i * xStride));
        }
      }
      case U8 -> {
        for (long i = 0; i < count; i++) {
          int value = (int) x.get(FLOAT, xAt + i * xStride);
          out.set(BYTE, outAt + i * outStride, (byte) Math.min(Math.max(value, 0), 0xFF));
        }
      }
      default -> any(Format.F32, x, xAt, xStride, to, out, outAt, outStride, count);
    }
  }

  private static void any(
      Format from,
      MemorySegment x,
      long xAt,
      long xStride,
      Format to,
      MemorySegment out,
      long outAt,
      long outStride,
      long count) {
    if (from.isFloating()) {
      for (long i = 0; i < count; i++) {
        to.write(out, outAt + i * outStride, from.real(x, xAt + i * xStride));
      }
    } else {
      for (long i = 0; i < count; i++) {
        to.write(out, outAt + i * outStride, from.whole(x, xAt + i * xStride));
      }
    }
  }
}
