package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PadTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        pad(new long[] {0, 0, 0}, new long[] {0, 0, 0}, 1),
        pad(new long[] {1, 0, 2}, new long[] {0, 3, 1}, 0)
            .rejects("pad: 3 pads for rank 2: [4, 5]", Shape.of(4, 5)),
        pad(new long[] {0, 2, 0}, new long[] {0, 0, 5}, 1));
  }

  private static OpCase pad(long[] before, long[] after, double value) {
    Shapes shapes = Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())));
    return op(Pad.of(before, after, value), Tolerance.EXACT, shapes, Domain.normal().anyType())
        .oracle(
            (inputs, tuple) -> {
              long[] extents = tuple[0].extents();
              for (int axis = 0; axis < 3; axis++) {
                extents[axis] += before[axis] + after[axis];
              }
              return new double[][] {
                Moved.of(
                    Shape.of(extents),
                    at -> {
                      int[] inside = new int[3];
                      for (int axis = 0; axis < 3; axis++) {
                        inside[axis] = at[axis] - (int) before[axis];
                        if (inside[axis] < 0 || inside[axis] >= tuple[0].extent(axis)) {
                          return value;
                        }
                      }
                      return inputs[0][Moved.number(tuple[0], inside)];
                    })
              };
            })
        .smooth();
  }

  @Test
  void refusesOddPads() {
    assertEquals(
        "pad: pads of different numbers of axes: [1] and [1, 0]",
        assertThrows(
                IllegalArgumentException.class, () -> Pad.of(new long[] {1}, new long[] {1, 0}, 0))
            .getMessage());
    assertEquals(
        "pad: negative pad in [-1] and [1]: cut with slice",
        assertThrows(
                IllegalArgumentException.class, () -> Pad.of(new long[] {-1}, new long[] {1}, 0))
            .getMessage());
    assertEquals(Pad.of(new long[] {0, 1}, new long[] {0, 2}, 3), Pad.along(2, -1, 1, 2, 3));
  }
}
