package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Where {@link Shapes} takes its extents from, one draw after the other. A generator makes the same
 * draws in the same order whatever they give.
 */
final class Extents {
  /** Sizes at which loops over vectors of 2, 4, 8 or 16 lanes begin, end and have remainders. */
  static final long[] SIZES = {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 37};

  /** More than any vector has lanes. */
  static final long WIDE = 19;

  /**
   * What an extent is unless a draw says otherwise: all different, so that axes cannot be mixed up.
   */
  private static final long[] USUAL = {3, 5, 2, 4, 7, 6};

  /** The largest extent by choice: gradients are checked one element at a time. */
  private static final long SMALL = 5;

  private final IntUnaryOperator choices;
  private final long scale;
  private final int changedDraw;
  private final int option;
  private int draws;
  private int options = 1;

  private Extents(IntUnaryOperator choices, long scale, int changedDraw, int option) {
    this.choices = choices;
    this.scale = scale;
    this.changedDraw = changedDraw;
    this.option = option;
  }

  /** Small extents by choice: {@code choices} maps a number of options to one of them. */
  static Extents chosen(IntUnaryOperator choices) {
    return new Extents(choices, 1, -1, 0);
  }

  /** Usual extents times {@code scale}. */
  static Extents usual(long scale) {
    return new Extents(null, scale, -1, 0);
  }

  /** Usual extents, except that draw number {@code draw} takes its {@code option}. */
  static Extents swept(int draw, int option) {
    return new Extents(null, 1, draw, option);
  }

  /** Any extent, zero included. */
  long next() {
    return extent(SIZES);
  }

  /** An extent of at least one. */
  long positive() {
    return extent(Arrays.copyOfRange(SIZES, 1, SIZES.length));
  }

  private long extent(long[] sizes) {
    int draw = draws++;
    if (draw == changedDraw) {
      options = sizes.length;
      return option == Shapes.WIDEN ? WIDE : sizes[option];
    }
    return choices != null ? 1 + choices.applyAsInt(3) : USUAL[draw % USUAL.length] * scale;
  }

  /** One of these, of the small ones where extents are chosen; the first is the usual one. */
  long of(long... from) {
    int draw = draws++;
    if (draw == changedDraw) {
      options = option == Shapes.WIDEN ? 0 : from.length;
      return option == Shapes.WIDEN ? from[0] : from[option];
    }
    if (choices == null) {
      return from[0];
    }
    long[] small = Arrays.stream(from).filter(extent -> extent <= SMALL).toArray();
    return small[choices.applyAsInt(small.length)];
  }

  /** A shape of {@code rank} axes, or of fewer where the extents are chosen. */
  Shape shape(int rank) {
    long[] extents = new long[choices != null ? choices.applyAsInt(rank + 1) : rank];
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = next();
    }
    return Shape.of(extents);
  }

  /** One of {@code bound} ways. */
  int below(int bound) {
    return choices != null ? choices.applyAsInt(bound) : 0;
  }

  /** How many draws were made. */
  int draws() {
    return draws;
  }

  /** How many options the changed draw had. */
  int options() {
    return options;
  }
}
