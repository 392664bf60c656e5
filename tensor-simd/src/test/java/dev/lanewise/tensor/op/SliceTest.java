package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SliceTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        slice(Slice.of(0, 1, 3))
            .rejects("slice: axis 0 is out of range for rank 0: []", Shape.scalar()),
        slice(new Slice(1, 4, 0, -2)),
        slice(new Slice(-1, 0, Long.MAX_VALUE, 2)),
        slice(Slice.reversed(-1)),
        grad(Slice.of(0, 1, 3), Shape.of(4, 3))
            .rejects(
                "sliceGrad: Slice[axis=0, from=1, to=3, step=1] of [4, 3] is [2, 3]: [3, 3]",
                Shape.of(3, 3)),
        grad(new Slice(-1, -1, 0, -3), Shape.of(2, 3, 9)));
  }

  private static OpCase slice(Slice slice) {
    Shapes shapes = Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())));
    return op(slice, Tolerance.EXACT, shapes, Domain.normal().anyType())
        .oracle(
            (inputs, tuple) -> {
              int axis = tuple[0].axis("test", slice.axis());
              int[] kept = kept(slice, (int) tuple[0].extent(axis));
              return new double[][] {
                Moved.of(
                    tuple[0].with(axis, kept.length),
                    at -> inputs[0][Moved.number(tuple[0], Moved.with(at, axis, kept[at[axis]]))])
              };
            })
        .smooth();
  }

  private static OpCase grad(Slice slice, Shape shape) {
    int axis = shape.axis("test", slice.axis());
    int[] kept = kept(slice, (int) shape.extent(axis));
    Shape part = shape.with(axis, kept.length);
    return op(
            new Slice.Grad(slice, shape),
            Tolerance.EXACT,
            Shapes.list(new Shape[][] {Shapes.tuple(part)}).large(part),
            Domain.normal().anyType())
        .oracle(
            (inputs, tuple) ->
                new double[][] {
                  Moved.of(
                      shape,
                      at -> {
                        double value = 0;
                        for (int i = 0; i < kept.length; i++) {
                          if (kept[i] == at[axis]) {
                            value = inputs[0][Moved.number(part, Moved.with(at, axis, i))];
                          }
                        }
                        return value;
                      })
                })
        .smooth();
  }

  /** The indices that a slice keeps, by NumPy's rules. */
  private static int[] kept(Slice slice, int extent) {
    boolean forward = slice.step() > 0;
    long from = slice.from() < 0 ? slice.from() + extent : slice.from();
    long to = slice.to() < 0 ? slice.to() + extent : slice.to();
    return java.util.stream.IntStream.range(0, extent)
        .map(i -> forward ? i : extent - 1 - i)
        .filter(i -> forward ? i >= from && i < to : i <= from && i > to)
        .filter(i -> (i - Math.min(extent - 1, Math.max(0, from))) % slice.step() == 0)
        .toArray();
  }

  @Test
  void followsTheRulesOfNumpy() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.range(DType.I64, 5);
      assertArrayEquals(new long[] {1, 2}, x.slice(0, 1, 3).toLongs());
      assertArrayEquals(new long[] {3, 4}, x.slice(0, -2, 9).toLongs());
      assertArrayEquals(new long[0], x.slice(0, 4, 2).toLongs());
      assertArrayEquals(new long[] {4, 2, 0}, new Slice(0, 9, -9, -2).apply(x).toLongs());
      assertArrayEquals(new long[] {3, 2}, new Slice(-1, 3, 1, -1).apply(x).toLongs());
      assertArrayEquals(new long[] {0, 3}, new Slice(0, -9, 5, 3).apply(x).toLongs());
      assertArrayEquals(new long[] {4, 3, 2, 1, 0}, Slice.reversed(0).apply(x).toLongs());
      assertEquals(x.memory(), x.slice(0, 1, 3).memory());
    }
    assertEquals(
        "slice: step 0 along axis 1",
        assertThrows(IllegalArgumentException.class, () -> new Slice(1, 0, 5, 0)).getMessage());
  }
}
