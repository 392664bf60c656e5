package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReshapeTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        reshape(Shape.of(3, 4), Shape.of(2, 6), Shape.of(12), Shape.of(2, 3, 2)),
        reshape(Shape.of(), Shape.of(1), Shape.of(1, 1)),
        reshape(Shape.of(0, 5), Shape.of(0), Shape.of(7, 0))
            .rejects("reshape: no [0, 5] from 4 elements: [2, 2]", Shape.of(2, 2)));
  }

  private static OpCase reshape(Shape target, Shape... from) {
    Shape[][] tuples = new Shape[from.length][];
    java.util.Arrays.setAll(tuples, i -> Shapes.tuple(from[i]));
    return op(
            new Reshape(target),
            Tolerance.EXACT,
            Shapes.list(tuples).large(from[0]),
            Domain.normal().anyType())
        .oracle((inputs, shapes) -> inputs)
        .smooth();
  }

  @Test
  void fillsInOneExtent() {
    assertEquals(new Reshape(Shape.of(2, 6)), Reshape.to(new long[] {2, -1}, Shape.of(3, 4)));
    assertEquals(
        "reshape: no [5, -1] from 12 elements: [3, 4]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Reshape.to(new long[] {5, -1}, Shape.of(3, 4)))
            .getMessage());
  }
}
