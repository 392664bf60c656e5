package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.kernel.Comparison;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

final class CompareTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        relation(Comparison.LESS_THAN, (x, y) -> x < y ? 1 : 0)
            .rejects(
                "less: element types differ: f32 [2] x i32 [2]",
                Spec.of(DType.F32, Shape.of(2)),
                Spec.of(DType.I32, Shape.of(2)))
            .rejects("less: shapes do not broadcast: [2] x [3]", Shape.of(2), Shape.of(3))
            .rejects("less: 2 operands expected, 1 given: [2]", Shape.of(2)),
        relation(Comparison.LESS_OR_EQUAL, (x, y) -> x <= y ? 1 : 0),
        relation(Comparison.GREATER, (x, y) -> x > y ? 1 : 0),
        relation(Comparison.GREATER_OR_EQUAL, (x, y) -> x >= y ? 1 : 0),
        relation(Comparison.EQUAL, (x, y) -> x == y ? 1 : 0),
        relation(Comparison.NOT_EQUAL, (x, y) -> x != y ? 1 : 0));
  }

  private static OpCase relation(Comparison relation, DoubleBinaryOperator oracle) {
    Domain few = Domain.of(null, CompareTest::few).anyType();
    return binary(new Compare(relation), few, few, Tolerance.EXACT, oracle)
        .withoutGradient("the output is true or false");
  }

  /** Numbers that are often equal. */
  private static void few(SplittableRandom random, Shape[] shapes, int input, double[] values) {
    Arrays.setAll(values, i -> random.nextInt(4));
  }

  @Test
  void comparesIntegersOfAnySignAndSize() {
    try (Scope scope = Scope.open("compare")) {
      Tensor x = scope.tensor(Shape.of(3), Long.MIN_VALUE, (1L << 53) + 1, -1);
      Tensor y = scope.tensor(Shape.of(3), Long.MAX_VALUE, 1L << 53, -1);
      assertArrayEquals(new byte[] {1, 0, 0}, Ops.LESS.apply(x, y).toBytes());
      assertArrayEquals(new byte[] {0, 0, 1}, Ops.EQUAL.apply(x, y).toBytes());
      assertArrayEquals(new byte[] {0, 1, 1}, Ops.GREATER_OR_EQUAL.apply(x, y).toBytes());
      Tensor bytes = scope.empty(DType.U8, Shape.of(2)).copyFrom((byte) 200, (byte) 100);
      assertArrayEquals(new byte[] {0, 1}, Ops.LESS.apply(bytes, bytes.slice(0, 0, 1)).toBytes());
    }
  }
}
