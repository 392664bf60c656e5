package dev.lanewise.nn.layer;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Ops;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of values and, where some of their places do not count, the mask that says which.
 *
 * @param values {@code [n, ...]}
 * @param mask of bool, of the first axes of the values, {@code [n, t]} for sequences: true where a
 *     place counts; null where all do
 */
public record Masked(Tensor values, Tensor mask) {
  /** Checks that the mask is one of the values. */
  public Masked {
    if (mask != null && (!mask.dtype().equals(DType.BOOL) || !begins(mask.shape(), values))) {
      throw new IllegalArgumentException(
          "masked: a mask of bool over the first axes expected: %s x %s"
              .formatted(values.spec(), mask.spec()));
    }
  }

  private static boolean begins(Shape mask, Tensor values) {
    return mask.rank() <= values.rank()
        && Arrays.equals(mask.extents(), Arrays.copyOf(values.shape().extents(), mask.rank()));
  }

  /** Values that all count. */
  public static Masked of(Tensor values) {
    return new Masked(values, null);
  }

  /** Batches of values that all count. */
  public static List<Masked> all(List<Tensor> values) {
    return values.stream().map(Masked::of).toList();
  }

  /** The values of several batches. */
  public static List<Tensor> values(List<Masked> batches) {
    return batches.stream().map(Masked::values).toList();
  }

  /** Whether there is a mask. */
  public boolean isMasked() {
    return mask != null;
  }

  /** Other values in the same places. */
  public Masked with(Tensor other) {
    return new Masked(other, mask);
  }

  /** The mask as factors that broadcast to the values: 1 where a place counts, else 0. */
  Tensor factors() {
    return mask.cast(values.dtype()).reshape(aligned());
  }

  /** The values where they count, else zeros; all of them if there is no mask. */
  public Tensor counted() {
    return counted(0);
  }

  /** The values where they count, else another; all of them if there is no mask. */
  Tensor counted(double other) {
    if (mask == null) {
      return values;
    }
    Tensor rest = values.scope().full(values.dtype(), Shape.scalar(), other);
    return Ops.WHERE.apply(mask.reshape(aligned()), values, rest);
  }

  /** The mask's extents, and ones for all other axes of the values. */
  private long[] aligned() {
    long[] extents = new long[values.rank()];
    Arrays.fill(extents, 1);
    System.arraycopy(mask.shape().extents(), 0, extents, 0, mask.rank());
    return extents;
  }

  /** Checks that the mask, if there is one, is one of sequences. */
  void requireSequences(Layer layer) {
    if (mask != null && mask.rank() != 2) {
      throw layer.error("a mask [n, t] expected, not " + mask.shape(), values.shape());
    }
  }

  /** Where elements differ from a value. */
  static Tensor differs(Tensor x, double value) {
    return Ops.NOT_EQUAL.apply(x, x.scope().full(x.dtype(), Shape.scalar(), value));
  }

  /** Whether any bit along the axes behind the first {@code kept} is set. */
  static Tensor any(Tensor bits, int kept) {
    int[] axes = new int[bits.rank() - kept];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = kept + i;
    }
    return differs(bits.cast(DType.F32).max(axes), 0);
  }

  /** A mask that counts what any of these count, or null if one has none or one of other axes. */
  static Tensor any(List<Masked> batches) {
    Tensor sum = null;
    for (Masked batch : batches) {
      if (!batch.isMasked() || (sum != null && sum.rank() != batch.mask.rank())) {
        return null;
      }
      Tensor bits = batch.mask.cast(DType.F32);
      sum = sum == null ? bits : sum.add(bits);
    }
    return differs(sum, 0);
  }
}
