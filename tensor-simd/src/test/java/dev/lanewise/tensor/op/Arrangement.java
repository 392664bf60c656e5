package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Placement;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/** The ways in which an operand of one shape may lie in memory. */
enum Arrangement {
  /** Row-major from an aligned place. */
  CONTIGUOUS,
  /** Row-major from an odd place. */
  OFFSET,
  /** The axes in reverse order in memory, dense. */
  TRANSPOSED,
  /** The second axis innermost, dense: channels-last. */
  CHANNELS_LAST,
  /** Every second element of the last axis of a larger tensor, from an offset on. */
  STEPPED,
  /** Rows with gaps between them. */
  PADDED,
  /** The last axis backwards. */
  REVERSED,
  /** One axis of stride zero: the same values again and again. */
  EXPANDED;

  /** What lies in the gaps; whoever reads it gets caught. */
  private static final double POISON = Double.NaN;

  /** A tensor that lies this way and holds these values, row-major. */
  Tensor place(Scope scope, DType dtype, Shape shape, double[] values) {
    Layout layout = layout(shape);
    long last = layout.offset();
    long first = layout.offset();
    for (int axis = 0; axis < shape.rank(); axis++) {
      long reach = Math.max(0, shape.extent(axis) - 1) * layout.stride(axis);
      last += Math.max(0, reach);
      first += Math.min(0, reach);
    }
    if (first < 0) {
      throw new IllegalStateException(this + " of " + shape + " begins before its memory");
    }
    Tensor memory = scope.full(dtype, Shape.of(last + 1), POISON);
    return Placement.write(Placement.view(memory, layout), values);
  }

  private Layout layout(Shape shape) {
    int rank = shape.rank();
    if (rank == 0 || this == CONTIGUOUS) {
      return this == CONTIGUOUS ? Layout.contiguous(shape) : Layout.of(shape, new long[0], 3);
    }
    return switch (this) {
      case CONTIGUOUS, OFFSET -> from(Layout.contiguous(shape), 3);
      case TRANSPOSED -> Layout.dense(shape, order(rank, rank));
      case CHANNELS_LAST -> Layout.dense(shape, order(rank, 2));
      case STEPPED ->
          Layout.contiguous(padded(shape, 2, 3)).slice(rank - 1, 1, 2, shape.extent(-1));
      case PADDED -> Layout.contiguous(padded(shape, 1, 5)).slice(rank - 1, 2, 1, shape.extent(-1));
      case REVERSED -> reversed(Layout.contiguous(shape), rank - 1);
      case EXPANDED -> expanded(shape);
    };
  }

  private static Layout from(Layout layout, long offset) {
    long[] strides = new long[layout.shape().rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = layout.stride(axis);
    }
    return Layout.of(layout.shape(), strides, offset);
  }

  private static Shape padded(Shape shape, long factor, long more) {
    return shape.with(-1, shape.extent(-1) * factor + more);
  }

  private static Layout reversed(Layout layout, int axis) {
    long count = layout.shape().extent(axis);
    return layout.slice(axis, Math.max(0, count - 1), -1, count);
  }

  private static Layout expanded(Shape shape) {
    int stretched = 0;
    while (stretched < shape.rank() - 1 && shape.extent(stretched) == 1) {
      stretched++;
    }
    if (shape.extent(stretched) == 0) {
      return Layout.contiguous(shape);
    }
    return Layout.contiguous(shape.with(stretched, 1)).expand(shape);
  }

  /** The axes outermost first: the first {@code kept} reversed as {0, 2, 3, ..., 1} for two. */
  private static int[] order(int rank, int kept) {
    int[] order = new int[rank];
    if (kept == rank) {
      for (int place = 0; place < rank; place++) {
        order[place] = rank - 1 - place;
      }
      return order;
    }
    for (int place = 1; place < rank; place++) {
      order[place] = place == rank - 1 ? 1 : place + 1;
    }
    return order;
  }
}
