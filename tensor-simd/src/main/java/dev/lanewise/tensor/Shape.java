package dev.lanewise.tensor;

import java.util.Arrays;

/** The extents of a tensor, outermost first; a scalar has none. Immutable. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new long[0], 1);

  private final long[] extents;
  private final long size;

  private Shape(long[] extents, long size) {
    this.extents = extents;
    this.size = size;
  }

  /**
   * A shape of these extents.
   *
   * @throws IllegalArgumentException if an extent is negative or the number of elements does not
   *     fit a long
   */
  public static Shape of(long... extents) {
    return extents.length == 0 ? SCALAR : owning(extents.clone());
  }

  /** A shape that keeps {@code extents} without a copy; the caller forgets the array. */
  static Shape owning(long[] extents) {
    long size = 1;
    for (long extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException(
            "shape: negative extent " + extent + ": " + Arrays.toString(extents));
      }
      long product = size * extent;
      if ((Math.multiplyHigh(size, extent) != 0 || product < 0)) {
        throw new IllegalArgumentException(
            "shape: more than 2^63 elements: " + Arrays.toString(extents));
      }
      size = product;
    }
    return new Shape(extents, size);
  }

  /** The shape without extents, of one element. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** Number of axes. */
  public int rank() {
    return extents.length;
  }

  /** Number of elements. */
  public long size() {
    return size;
  }

  /** Extent of an axis; a negative axis counts from the end. */
  public long extent(int axis) {
    return extents[axis < 0 ? axis + extents.length : axis];
  }

  /** The extents as a fresh array. */
  public long[] extents() {
    return extents.clone();
  }

  /**
   * The axis counted from the front.
   *
   * @param operator named in the error
   * @throws IllegalArgumentException if {@code axis} is not in {@code [-rank, rank)}
   */
  public int axis(String operator, int axis) {
    int rank = extents.length;
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          operator + ": axis " + axis + " is out of range for rank " + rank + ": " + this);
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** This shape with one extent replaced. */
  public Shape with(int axis, long extent) {
    long[] changed = extents.clone();
    changed[axis < 0 ? axis + changed.length : axis] = extent;
    return owning(changed);
  }

  /** This shape with one more axis in the place {@code axis}, which is not negative. */
  public Shape inserted(int axis, long extent) {
    long[] more = new long[extents.length + 1];
    System.arraycopy(extents, 0, more, 0, axis);
    more[axis] = extent;
    System.arraycopy(extents, axis, more, axis + 1, extents.length - axis);
    return of(more);
  }

  /** This shape without one axis. */
  public Shape without(int axis) {
    int gone = axis < 0 ? axis + extents.length : axis;
    long[] rest = new long[extents.length - 1];
    System.arraycopy(extents, 0, rest, 0, gone);
    System.arraycopy(extents, gone + 1, rest, gone, rest.length - gone);
    return owning(rest);
  }

  /**
   * The shape both broadcast to by NumPy's rule: aligned at the last axis, an extent of one
   * stretches. Null where they do not fit.
   */
  public static Shape broadcast(Shape x, Shape y) {
    if (x.equals(y)) {
      return x;
    }
    int rank = Math.max(x.rank(), y.rank());
    long[] extents = new long[rank];
    for (int axis = 1; axis <= rank; axis++) {
      long xExtent = axis <= x.rank() ? x.extents[x.rank() - axis] : 1;
      long yExtent = axis <= y.rank() ? y.extents[y.rank() - axis] : 1;
      if (xExtent != yExtent && xExtent != 1 && yExtent != 1) {
        return null;
      }
      extents[rank - axis] = xExtent == 1 ? yExtent : xExtent;
    }
    return owning(extents);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Shape that && Arrays.equals(extents, that.extents));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** The extents in brackets: {@code [32, 784]}. */
  @Override
  public String toString() {
    return Arrays.toString(extents);
  }
}
