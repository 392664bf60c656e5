package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MaximumTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        binary(new Maximum(), Domain.distinct(), Domain.distinct(), Tolerance.EXACT, Math::max)
            .smooth(),
        op(
                new Maximum.Grad(),
                Tolerance.EXACT,
                Shapes.broadcast(3),
                Domain.distinct(),
                Domain.distinct(),
                Domain.normal())
            .smooth());
  }

  @Test
  void sharesTheGradientOfEqualOperands() {
    try (Scope scope = Scope.open("maximum")) {
      Tensor x = scope.tensor(Shape.of(3), 1f, 2f, 3f).tracked();
      Tensor y = scope.tensor(Shape.of(3), 1f, 3f, 2f).tracked();
      Gradients gradients = Gradients.of(new Maximum().apply(x, y).sum());
      assertArrayEquals(new float[] {0.5f, 0, 1}, gradients.get(x).toFloats());
      assertArrayEquals(new float[] {0.5f, 1, 0}, gradients.get(y).toFloats());
    }
  }
}
