package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The shapes that an operator's inputs take, as tuples: a deliberate sweep of sizes, a few for
 * layouts, one large enough to be split among threads, and small random ones for gradients.
 */
final class Shapes {
  /** The option of {@link Extents#swept} that makes an extent wider than a vector. */
  static final int WIDEN = -1;

  private static final long LARGE = 3 << 15;
  private static final long MEDIUM = 8192;
  private static final long SMALL = 100;

  private final Function<Extents, Shape[]> generator;
  private final List<Shape[]> sweep;
  private final List<Shape[]> usual;
  private final List<Shape[]> wide;
  private final Shape[] large;

  private Shapes(
      Function<Extents, Shape[]> generator,
      List<Shape[]> sweep,
      List<Shape[]> usual,
      List<Shape[]> wide,
      Shape[] large) {
    this.generator = generator;
    this.sweep = sweep;
    this.usual = usual;
    this.wide = wide;
    this.large = large;
  }

  static Shape[] tuple(Shape... shapes) {
    return shapes;
  }

  /**
   * Tuples made from drawn extents, such as {@code e -> { long k = e.next(); return
   * tuple(Shape.of(e.next(), k), Shape.of(k, e.next())); }}. Each draw is swept through zero, one
   * and the sizes around vector lengths while the others stay small.
   */
  static Shapes of(Function<Extents, Shape[]> generator) {
    Extents plain = Extents.usual(1);
    List<Shape[]> usual = List.of(new Shape[][] {generator.apply(plain)});
    List<Shape[]> sweep = new ArrayList<>(usual);
    List<Shape[]> wide = new ArrayList<>();
    for (int draw = 0; draw < plain.draws(); draw++) {
      int options = 1;
      for (int option = 0; option < options; option++) {
        Extents swept = Extents.swept(draw, option);
        sweep.add(generator.apply(swept));
        options = swept.options();
      }
      Extents widened = Extents.swept(draw, WIDEN);
      Shape[] tuple = generator.apply(widened);
      if (widened.options() > 0) {
        wide.add(tuple);
      }
    }
    return new Shapes(generator, sweep, usual, wide, null);
  }

  /**
   * Just these tuples: all are computed and laid out in several ways, those of up to {@value
   * #MEDIUM} elements in every way, and the gradient is checked on those of up to {@value #SMALL}.
   * {@link #large} has to name another one.
   */
  static Shapes list(Shape[]... tuples) {
    List<Shape[]> listed = List.of(tuples);
    List<Shape[]> usual = listed.stream().filter(tuple -> size(tuple) <= MEDIUM).toList();
    List<Shape[]> wide = listed.stream().filter(tuple -> size(tuple) > MEDIUM).toList();
    return new Shapes(null, listed, usual, wide, null);
  }

  /** One shape of any rank, for {@code operands} operands. */
  static Shapes same(int operands) {
    return elementwise(operands, false);
  }

  /** Shapes that broadcast against each other. */
  static Shapes broadcast(int operands) {
    return elementwise(operands, true);
  }

  private static Shapes elementwise(int operands, boolean stretch) {
    List<Shape[]> sweep = new ArrayList<>();
    sweep.add(repeated(Shape.scalar(), operands));
    for (long size : Extents.SIZES) {
      sweep.add(repeated(Shape.of(size), operands));
    }
    for (long size : new long[] {0, 1, Extents.WIDE}) {
      Shape full = Shape.of(3, size);
      sweep.add(repeated(full, operands));
      for (int i = 0; i < operands && stretch; i++) {
        for (Shape partial :
            List.of(Shape.scalar(), Shape.of(size), Shape.of(3, 1), Shape.of(1, size))) {
          Shape[] tuple = repeated(full, operands);
          tuple[i] = partial;
          sweep.add(tuple);
        }
      }
    }
    if (stretch) {
      Shape[] outer = repeated(Shape.of(Extents.WIDE), operands);
      outer[0] = Shape.of(3, 1);
      sweep.add(outer);
    }
    return new Shapes(
        extents -> {
          Shape full = extents.shape(3);
          Shape[] tuple = repeated(full, operands);
          for (int i = 0; i < operands && stretch; i++) {
            tuple[i] = stretchable(full, extents);
          }
          return tuple;
        },
        sweep,
        List.of(new Shape[][] {repeated(Shape.of(3, 5, 2), operands)}),
        List.of(new Shape[][] {repeated(Shape.of(2, Extents.WIDE), operands)}),
        largeElementwise(operands, stretch));
  }

  private static Shape[] repeated(Shape shape, int operands) {
    Shape[] tuple = new Shape[operands];
    Arrays.fill(tuple, shape);
    return tuple;
  }

  private static Shape stretchable(Shape full, Extents extents) {
    int missing = Math.min(full.rank(), (int) extents.of(0, 0, 1, 2));
    long[] kept = new long[full.rank() - missing];
    for (int axis = 0; axis < kept.length; axis++) {
      kept[axis] = extents.of(0, 0, 1) == 1 ? 1 : full.extent(axis + missing);
    }
    return Shape.of(kept);
  }

  private static Shape[] largeElementwise(int operands, boolean stretch) {
    Shape[] tuple = repeated(Shape.of(3, LARGE / 3 + 5), operands);
    if (operands > 1 && stretch) {
      tuple[1] = Shape.of(1, LARGE / 3 + 5);
    }
    return tuple;
  }

  /** These shapes with another tuple for the test that splits work among threads. */
  Shapes large(Shape... tuple) {
    return new Shapes(generator, sweep, usual, wide, tuple);
  }

  /** Deliberate sizes. */
  List<Shape[]> sweep() {
    return sweep;
  }

  /** Tuples of small extents, all different. */
  List<Shape[]> usual() {
    return usual;
  }

  /** Tuples of small extents except for one that is wider than a vector. */
  List<Shape[]> wide() {
    return wide;
  }

  /** A tuple that several threads share the work on. */
  Shape[] large() {
    if (large != null) {
      return large;
    }
    if (generator == null) {
      throw new IllegalStateException(
          "shapes: listed tuples need a large one besides: .large(...)");
    }
    for (long scale = 2; ; scale *= 2) {
      Shape[] tuple = generator.apply(Extents.usual(scale));
      for (Shape shape : tuple) {
        if (shape.size() >= LARGE) {
          return tuple;
        }
      }
    }
  }

  /** A small tuple by choice. */
  Shape[] chosen(Extents extents) {
    if (generator != null) {
      return generator.apply(extents);
    }
    List<Shape[]> small = sweep.stream().filter(tuple -> size(tuple) <= SMALL).toList();
    if (small.isEmpty()) {
      throw new IllegalStateException(
          "shapes: none of the listed tuples has " + SMALL + " elements or fewer");
    }
    return small.get(extents.below(small.size()));
  }

  private static long size(Shape[] tuple) {
    return Arrays.stream(tuple).mapToLong(Shape::size).sum();
  }
}
