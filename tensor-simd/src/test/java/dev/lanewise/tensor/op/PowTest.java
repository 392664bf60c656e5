package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PowTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        binary(new Pow(), Domain.range(0.3, 2), Domain.normal(), Tolerance.ulps(2), Math::pow)
            .smooth());
  }

  @Test
  void differentiatesNegativeBases() {
    try (Scope scope = Scope.open("pow")) {
      Tensor x = scope.tensor(Shape.of(3), -2f, -1f, -0.5f).tracked();
      Tensor cubes = new Pow().apply(x, scope.tensor(Shape.of(), 3f));
      assertArrayEquals(new float[] {-8, -1, -0.125f}, cubes.toFloats());
      assertArrayEquals(new float[] {12, 3, 0.75f}, Gradients.of(cubes.sum()).get(x).toFloats());
    }
  }

  @Test
  void hasNoGradientForTheBaseOfAZeroPowerNorForTheExponentOfZero() {
    try (Scope scope = Scope.open("pow")) {
      Tensor x = scope.tensor(Shape.of(3), 0f, 2f, 0f).tracked();
      Tensor y = scope.tensor(Shape.of(3), 0f, 0f, 2f).tracked();
      Tensor powers = new Pow().apply(x, y);
      Gradients gradients = Gradients.of(powers.sum());
      assertArrayEquals(new float[] {1, 1, 0}, powers.toFloats());
      assertArrayEquals(new float[] {0, 0, 0}, gradients.get(x).toFloats());
      assertArrayEquals(new float[] {0, (float) Math.log(2), 0}, gradients.get(y).toFloats());
    }
  }
}
