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

final class PermuteTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        permute(0, 1, 2),
        permute(2, 1, 0),
        permute(1, 2, 0),
        permute(0, 2, 1).rejects("permute: 3 axes [0, 2, 1] for rank 2: [4, 5]", Shape.of(4, 5)));
  }

  private static OpCase permute(int... axes) {
    Shapes shapes = Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())));
    return op(Permute.of(axes), Tolerance.EXACT, shapes, Domain.normal().anyType())
        .oracle(
            (inputs, tuple) -> {
              Shape out =
                  Shape.of(
                      tuple[0].extent(axes[0]), tuple[0].extent(axes[1]), tuple[0].extent(axes[2]));
              return new double[][] {
                Moved.of(
                    out,
                    indices -> {
                      int[] from = new int[3];
                      for (int i = 0; i < 3; i++) {
                        from[axes[i]] = indices[i];
                      }
                      return inputs[0][Moved.number(tuple[0], from)];
                    })
              };
            })
        .smooth();
  }

  /** Big enough for tiles that are whole, cut at one side and at two. */
  @Test
  void movesBigMatricesOfAllWidths() {
    try (Scope scope = Scope.open("test")) {
      for (DType dtype : List.of(DType.I8, DType.I16, DType.F32, DType.F64)) {
        Tensor x = scope.range(DType.I64, 3 * 53 * 70).cast(dtype).reshape(3, 53, 70);
        Tensor moved = scope.empty(dtype, Shape.of(70, 3, 53));
        x.permute(2, 0, 1).copyInto(moved);
        for (long[] at : new long[][] {{0, 0, 0}, {69, 2, 52}, {16, 1, 15}, {15, 2, 16}}) {
          assertEquals(x.value(at[1], at[2], at[0]), moved.value(at), dtype.toString());
        }
        Tensor back = scope.empty(dtype, x.shape());
        moved.permute(1, 2, 0).copyInto(back);
        assertArrayEquals(
            x.cast(DType.I64).toLongs(), back.cast(DType.I64).toLongs(), dtype.toString());
      }
    }
  }

  @Test
  void isOfAllAxesOnce() {
    assertEquals(Permute.of(0, 2, 1), Permute.of(0, -1, 1));
    assertEquals(Permute.of(0, 1, 3, 2), Permute.lastTwo(4));
    assertEquals(Permute.of(1, 2, 0), Permute.of(2, 0, 1).inverse());
    assertEquals(
        "permute: not a permutation of 3 axes: [0, 2, 2]",
        assertThrows(IllegalArgumentException.class, () -> Permute.of(0, 2, 2)).getMessage());
    assertEquals(
        "permute: no last two axes in rank 1",
        assertThrows(IllegalArgumentException.class, () -> Permute.lastTwo(1)).getMessage());
  }
}
