package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClipTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(
                new Clip(-0.5, 1.5),
                Domain.awayFrom(-0.5, 1.5),
                Tolerance.EXACT,
                x -> Math.min(Math.max(x, -0.5), 1.5))
            .smooth(),
        binary(
                new Clip.Grad(-0.5, 1.5),
                Domain.awayFrom(-0.5, 1.5),
                Domain.normal(),
                Tolerance.EXACT,
                (x, grad) -> x >= -0.5 && x <= 1.5 ? grad : 0)
            .smooth());
  }

  @Test
  void passesTheGradientAtItsBounds() {
    try (Scope scope = Scope.open("clip")) {
      Tensor x = scope.tensor(Shape.of(4), -0.75f, -0.5f, 1.5f, 1.75f).tracked();
      Tensor grad = Gradients.of(new Clip(-0.5, 1.5).apply(x).sum()).get(x);
      assertArrayEquals(new float[] {0, 1, 1, 0}, grad.toFloats());
    }
  }

  @Test
  void refusesBoundsInTheWrongOrder() {
    assertEquals(
        "clip: no number lies between: 2.0 and 1.0",
        assertThrows(IllegalArgumentException.class, () -> new Clip(2, 1)).getMessage());
  }
}
