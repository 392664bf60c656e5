package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SplitTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        split(0, 2, 1).rejects("split: parts [2, 1] make 3 of extent 4: [4, 2]", Shape.of(4, 2)),
        split(1, 0, 3, 2),
        split(-1, 7));
  }

  private static OpCase split(int axis, long... extents) {
    long sum = java.util.Arrays.stream(extents).sum();
    Shapes shapes =
        Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next()).with(axis, sum)));
    return op(Split.of(axis, extents), Tolerance.EXACT, shapes, Domain.normal().anyType())
        .oracle(
            (inputs, tuple) -> {
              int along = tuple[0].axis("test", axis);
              double[][] parts = new double[extents.length][];
              int start = 0;
              for (int i = 0; i < parts.length; i++) {
                int from = start;
                parts[i] =
                    Moved.of(
                        tuple[0].with(along, extents[i]),
                        at ->
                            inputs[0][
                                Moved.number(tuple[0], Moved.with(at, along, at[along] + from))]);
                start += (int) extents[i];
              }
              return parts;
            })
        .smooth();
  }

  @Test
  void needsParts() {
    assertEquals(
        "split: parts of extents from 0 up expected: [2, -1]",
        assertThrows(IllegalArgumentException.class, () -> Split.of(0, 2, -1)).getMessage());
  }
}
