package dev.lanewise.tensor;

import java.util.Arrays;

/**
 * Where the elements of a shape lie: a stride per axis and an offset, in elements. Immutable.
 *
 * <p>Views are layouts: permuting, slicing, expanding and most reshaping make a new layout over the
 * same memory.
 */
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final boolean contiguous;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.contiguous = rowMajor(shape, strides);
  }

  private Layout(Shape shape, long[] strides) {
    this.shape = shape;
    this.strides = strides;
    this.offset = 0;
    this.contiguous = true;
  }

  /** Row-major from offset zero. */
  public static Layout contiguous(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape.extent(axis));
    }
    return new Layout(shape, strides);
  }

  /** These strides, in elements, over the shape. */
  public static Layout of(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new IllegalArgumentException(
          "layout: " + strides.length + " strides for shape " + shape);
    }
    return new Layout(shape, strides.clone(), offset);
  }

  /**
   * Dense, with the axes in memory in the given order, outermost first: {@code dense(shape, 0, 2,
   * 3, 1)} is channels-last for a logical NCHW.
   */
  public static Layout dense(Shape shape, int... order) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int place = order.length - 1; place >= 0; place--) {
      strides[order[place]] = stride;
      stride *= Math.max(1, shape.extent(order[place]));
    }
    return new Layout(shape, strides, 0);
  }

  private static boolean rowMajor(Shape shape, long[] strides) {
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      long extent = shape.extent(axis);
      if (extent != 1 && strides[axis] != stride) {
        return false;
      }
      stride *= extent;
    }
    return true;
  }

  /** The extents. */
  public Shape shape() {
    return shape;
  }

  /** Elements from one index of an axis to the next; a negative axis counts from the end. */
  public long stride(int axis) {
    return strides[axis < 0 ? axis + strides.length : axis];
  }

  /** Elements from the start of the memory to the first element. */
  public long offset() {
    return offset;
  }

  /** Whether the elements lie row-major without gaps, from any offset. */
  public boolean isContiguous() {
    return contiguous || shape.size() == 0;
  }

  /** Whether the elements lie without gaps or repeats in some order of the axes. */
  public boolean isDense() {
    if (isContiguous()) {
      return true;
    }
    long stride = 1;
    while (stride < shape.size()) {
      int axis = axisOfStride(stride);
      if (axis < 0) {
        return false;
      }
      stride *= shape.extent(axis);
    }
    return true;
  }

  /** An axis of more than one index with this stride, or -1. */
  private int axisOfStride(long stride) {
    for (int axis = 0; axis < strides.length; axis++) {
      if (strides[axis] == stride && shape.extent(axis) != 1) {
        return axis;
      }
    }
    return -1;
  }

  /** A layout from offset zero whose axes lie in the same order in memory, gaps closed. */
  public Layout packed() {
    if (contiguous && offset == 0) {
      return this;
    }
    if (isContiguous()) {
      return contiguous(shape);
    }
    if (isDense()) {
      return new Layout(shape, strides, 0);
    }
    return contiguous(shape);
  }

  /** Whether the other layout puts every element at the same distance from its first. */
  public boolean sameOrder(Layout other) {
    return shape.equals(other.shape)
        && ((isContiguous() && other.isContiguous()) || Arrays.equals(strides, other.strides));
  }

  /** Axis {@code i} of the result is axis {@code axes[i]} of this layout. */
  public Layout permute(int... axes) {
    long[] extents = new long[axes.length];
    long[] permuted = new long[axes.length];
    for (int axis = 0; axis < axes.length; axis++) {
      extents[axis] = shape.extent(axes[axis]);
      permuted[axis] = strides[axes[axis]];
    }
    return new Layout(Shape.owning(extents), permuted, offset);
  }

  /** Indices {@code from, from + step, ...} of one axis, {@code count} of them. */
  public Layout slice(int axis, long from, long step, long count) {
    long[] stepped = strides.clone();
    stepped[axis] = Math.multiplyExact(strides[axis], step);
    long start = count == 0 ? offset : offset + Math.multiplyExact(from, strides[axis]);
    return new Layout(shape.with(axis, count), stepped, start);
  }

  /** Stretched to a shape it broadcasts to; stretched axes have stride zero. */
  public Layout expand(Shape target) {
    if (target.equals(shape)) {
      return this;
    }
    int missing = target.rank() - shape.rank();
    long[] stretched = new long[target.rank()];
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.extent(axis) == target.extent(axis + missing)) {
        stretched[axis + missing] = strides[axis];
      }
    }
    return new Layout(target, stretched, offset);
  }

  /**
   * The same elements in the same row-major order under another shape, or null if they would have
   * to move.
   */
  public Layout reshape(Shape target) {
    if (isContiguous()) {
      return new Layout(target, contiguous(target).strides, offset);
    }
    long[] regrouped = new long[target.rank()];
    int from = 0;
    int to = 0;
    while (from < shape.rank() || to < target.rank()) {
      long oldSize = from < shape.rank() ? shape.extent(from) : 1;
      long newSize = to < target.rank() ? target.extent(to) : 1;
      int fromEnd = Math.min(from + 1, shape.rank());
      int toEnd = Math.min(to + 1, target.rank());
      while (oldSize != newSize) {
        if (oldSize < newSize) {
          oldSize *= shape.extent(fromEnd++);
        } else {
          newSize *= target.extent(toEnd++);
        }
      }
      long stride = 1;
      long span = 0;
      boolean first = true;
      for (int axis = fromEnd - 1; axis >= from; axis--) {
        if (shape.extent(axis) == 1) {
          continue;
        }
        if (first) {
          stride = strides[axis];
          first = false;
        } else if (strides[axis] != span) {
          return null;
        }
        span = strides[axis] * shape.extent(axis);
      }
      for (int axis = toEnd - 1; axis >= to; axis--) {
        regrouped[axis] = stride;
        stride *= target.extent(axis);
      }
      from = fromEnd;
      to = toEnd;
    }
    return new Layout(target, regrouped, offset);
  }

  /** Offset of the element at these indices, in elements. */
  public long at(long... indices) {
    if (indices.length != strides.length) {
      throw new IllegalArgumentException(
          "index: " + indices.length + " indices for shape " + shape);
    }
    long at = offset;
    for (int axis = 0; axis < indices.length; axis++) {
      if (indices[axis] < 0 || indices[axis] >= shape.extent(axis)) {
        throw new IndexOutOfBoundsException(
            "index: " + Arrays.toString(indices) + " is outside shape " + shape);
      }
      at += indices[axis] * strides[axis];
    }
    return at;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Layout that
            && offset == that.offset
            && shape.equals(that.shape)
            && Arrays.equals(strides, that.strides));
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return shape
        + " strides "
        + Arrays.toString(strides)
        + (offset == 0 ? "" : " offset " + offset);
  }
}
