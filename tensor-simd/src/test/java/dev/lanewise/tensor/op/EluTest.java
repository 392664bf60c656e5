package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EluTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        unary(
                new Elu(1.5),
                Domain.awayFrom(0),
                Tolerance.ulps(3),
                x -> x < 0 ? 1.5 * Math.expm1(x) : x)
            .smooth(),
        binary(
                new Elu.Grad(1.5),
                Domain.awayFrom(0),
                Domain.normal(),
                Tolerance.ulps(2),
                (y, grad) -> y > 0 ? grad : grad * (y + 1.5))
            .smooth());
  }

  @Test
  void refusesANegativeAlpha() {
    assertEquals(
        "elu: alpha is not 0 or more: -1.0",
        assertThrows(IllegalArgumentException.class, () -> new Elu(-1)).getMessage());
  }
}
