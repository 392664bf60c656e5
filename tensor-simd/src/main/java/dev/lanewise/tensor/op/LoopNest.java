package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Shape;

/**
 * The loops over operands of one shape, outermost first, as few as their strides allow.
 *
 * <p>Axes come in the order in which they lie in the last operand, the output; extents of one
 * vanish, and neighbours that every operand steps through evenly become one loop. There is at least
 * one loop.
 */
final class LoopNest {
  private final long[] extents;
  private final long[][] strides;

  private LoopNest(long[] extents, long[][] strides) {
    this.extents = extents;
    this.strides = strides;
  }

  /** Iterations of each loop; not to be changed. */
  long[] extents() {
    return extents;
  }

  /** Strides by operand and loop, in bytes; not to be changed. */
  long[][] strides() {
    return strides;
  }

  /** The nest over these layouts, all of one shape, with elements of these widths in bytes. */
  static LoopNest of(Layout[] layouts, int[] widths) {
    if (flat(layouts)) {
      return flat(layouts[0].shape().size(), widths);
    }
    Layout out = layouts[layouts.length - 1];
    Shape shape = out.shape();
    int[] axes = order(out);
    long[] extents = new long[axes.length];
    long[][] strides = new long[layouts.length][extents.length];
    int loops = 0;
    for (int axis : axes) {
      if (loops > 0 && mergeable(layouts, widths, strides, loops - 1, axis)) {
        extents[loops - 1] *= shape.extent(axis);
      } else {
        extents[loops++] = shape.extent(axis);
      }
      for (int i = 0; i < layouts.length; i++) {
        strides[i][loops - 1] = layouts[i].stride(axis) * widths[i];
      }
    }
    return cut(extents, strides, loops);
  }

  private static boolean flat(Layout[] layouts) {
    for (Layout layout : layouts) {
      if (!layout.isContiguous()) {
        return false;
      }
    }
    return true;
  }

  /** One loop over elements without gaps. */
  private static LoopNest flat(long size, int[] widths) {
    long[][] strides = new long[widths.length][1];
    for (int i = 0; i < widths.length; i++) {
      strides[i][0] = widths[i];
    }
    return new LoopNest(new long[] {size}, strides);
  }

  private static LoopNest cut(long[] extents, long[][] strides, int loops) {
    if (extents.length == loops) {
      return new LoopNest(extents, strides);
    }
    long[][] fewer = new long[strides.length][];
    for (int i = 0; i < strides.length; i++) {
      fewer[i] = java.util.Arrays.copyOf(strides[i], loops);
    }
    return new LoopNest(java.util.Arrays.copyOf(extents, loops), fewer);
  }

  private static boolean mergeable(
      Layout[] layouts, int[] widths, long[][] strides, int outer, int axis) {
    for (int i = 0; i < layouts.length; i++) {
      long inner = layouts[i].stride(axis) * widths[i];
      if (strides[i][outer] != inner * layouts[i].shape().extent(axis)) {
        return false;
      }
    }
    return true;
  }

  /** Axes of extent above one by falling stride of the output, ties as they stand. */
  private static int[] order(Layout out) {
    int rank = out.shape().rank();
    int[] axes = new int[rank];
    int count = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (out.shape().extent(axis) != 1) {
        int place = count++;
        while (place > 0 && out.stride(axes[place - 1]) < out.stride(axis)) {
          axes[place] = axes[place - 1];
          place--;
        }
        axes[place] = axis;
      }
    }
    return java.util.Arrays.copyOf(axes, count);
  }
}
