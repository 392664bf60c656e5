package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AffineTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(new Affine(1.5, -0.25), Domain.normal(), Tolerance.sum(), x -> 1.5 * x - 0.25)
            .magnitudes((inputs, shapes) -> new double[][] {magnitudes(inputs[0])})
            .smooth());
  }

  private static double[] magnitudes(double[] x) {
    return Arrays.stream(x).map(value -> 1.5 * Math.abs(value) + 0.25).toArray();
  }

  @Test
  void keepsTheSignOfZeroProducts() {
    try (Scope scope = Scope.open("affine")) {
      Tensor zeros = scope.tensor(Shape.of(2), 0f, -0f);
      assertArrayEquals(new float[] {0f, -0f}, zeros.mul(3).toFloats());
      assertArrayEquals(new float[] {-0f, 0f}, zeros.mul(-3).toFloats());
    }
  }
}
