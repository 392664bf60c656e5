package dev.lanewise.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Tensors at any place of memory, for tests: other layouts over a tensor, guard bytes around one.
 */
public final class Placement {
  private static final int GUARD = 256;
  private static final MemorySegment UNTOUCHED =
      MemorySegment.ofArray(new byte[GUARD]).fill((byte) 0xA5);

  private Placement() {}

  /** The memory of {@code x} under any layout. */
  public static Tensor view(Tensor x, Layout layout) {
    return x.view(layout, x.scope());
  }

  /** A tensor of undefined elements between guard bytes, off the alignment of slabs. */
  public static Guarded guarded(Scope scope, Spec spec) {
    long bytes = spec.shape().size() * spec.dtype().bytes();
    Storage around = scope.allocate(bytes + 2 * GUARD);
    MemorySegment all = around.slab.asSlice(around.at, around.bytes);
    all.fill((byte) 0xA5);
    long at = around.at + GUARD - spec.layout().offset() * spec.dtype().bytes();
    Storage inside = new Storage(around.slab, at, bytes, scope);
    Tensor tensor = new Tensor(inside, spec.dtype(), spec.layout(), scope, null, 0);
    return new Guarded(tensor, all);
  }

  /**
   * A tensor and the memory around it.
   *
   * @param tensor dense, in the middle
   * @param all the tensor's memory and its guard bytes
   */
  public record Guarded(Tensor tensor, MemorySegment all) {
    /** Whether nobody wrote outside the tensor. */
    public boolean isIntact() {
      return all.asSlice(0, GUARD).mismatch(UNTOUCHED) < 0
          && all.asSlice(all.byteSize() - GUARD).mismatch(UNTOUCHED) < 0;
    }

    /** Makes every element something else than a step would leave there. */
    public void scramble(int value) {
      all.asSlice(GUARD, all.byteSize() - 2 * GUARD).fill((byte) value);
    }
  }

  /** The elements as doubles, in row-major order. */
  public static double[] values(Tensor x) {
    if (x.dtype().equals(DType.F64)) {
      return x.toDoubles();
    }
    double[] values = new double[Math.toIntExact(x.size())];
    if (x.dtype().equals(DType.F32)) {
      float[] floats = x.toFloats();
      for (int i = 0; i < values.length; i++) {
        values[i] = floats[i];
      }
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = x.doubleAt(i);
    }
    return values;
  }

  /** The elements' bits in row-major order, all NaNs alike. */
  public static long[] bits(Tensor x) {
    long[] bits = new long[Math.toIntExact(x.size())];
    if (x.dtype().equals(DType.F32)) {
      float[] floats = x.toFloats();
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToIntBits(floats[i]);
      }
    } else if (x.dtype().equals(DType.F64)) {
      double[] doubles = x.toDoubles();
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Double.doubleToLongBits(doubles[i]);
      }
    } else {
      for (int i = 0; i < bits.length; i++) {
        bits[i] = x.longAt(i);
      }
    }
    return bits;
  }

  /** Overwrites the elements in row-major order, converted as a Java cast does. */
  public static Tensor write(Tensor x, double[] values) {
    if (x.dtype().equals(DType.F64)) {
      return x.copyFrom(values);
    }
    if (x.dtype().equals(DType.F32)) {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return x.copyFrom(floats);
    }
    for (int i = 0; i < values.length; i++) {
      long offset = Elements.offset(x.layout(), i) - x.layout().offset();
      Elements.write(x.memory(), x.at() + offset * x.dtype().bytes(), x.dtype(), values[i]);
    }
    return x;
  }
}
