package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Shape;

/**
 * The order in which the axes of a layout lie in memory, so that a result of another shape can be
 * laid out like its operand: channels-last stays channels-last.
 */
final class MemoryOrder {
  private MemoryOrder() {}

  /**
   * The axes by falling stride, ties as they stand; the natural order where an axis is stretched or
   * runs backwards.
   */
  static int[] of(Layout layout) {
    int rank = layout.shape().rank();
    int[] axes = new int[rank];
    boolean ordered = true;
    for (int axis = 0; axis < rank; axis++) {
      axes[axis] = axis;
      ordered &= layout.stride(axis) > 0 || layout.shape().extent(axis) == 1;
    }
    if (!ordered || layout.isContiguous()) {
      return axes;
    }
    for (int next = 1; next < rank; next++) {
      int axis = axes[next];
      int place = next;
      while (place > 0 && layout.stride(axes[place - 1]) < layout.stride(axis)) {
        axes[place] = axes[place - 1];
        place--;
      }
      axes[place] = axis;
    }
    return axes;
  }

  /** Without gaps, of another shape of the same rank, the axes in the order of {@code layout}. */
  static Layout like(Layout layout, Shape shape) {
    return Layout.dense(shape, of(layout));
  }
}
