package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DropoutTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(dropout(0.25, 7), dropout(0.9, -3), dropout(0, 1));
  }

  private static OpCase dropout(double rate, long seed) {
    Philox stream = new Philox(seed, 2);
    Shapes shapes = Shapes.of(e -> Shapes.tuple(Shape.of(e.next(), e.next(), e.next())));
    return op(new Dropout(rate, stream), Tolerance.ulps(2), shapes, Domain.normal())
        .oracle(
            (inputs, tuple) -> {
              double[] out = new double[inputs[0].length];
              double[] mask = new double[out.length];
              for (int i = 0; i < out.length; i++) {
                long word = (stream.bits(i / 4, i / 2 % 2) >>> (32 * (i % 2))) & 0xFFFFFFFFL;
                mask[i] = word < rate * 0x1p32 ? 0 : 1 / (1 - rate);
                out[i] = inputs[0][i] * mask[i];
              }
              return new double[][] {out, mask};
            })
        .smooth();
  }

  @Test
  void dropsThatShareInAnyMemoryOrder() {
    try (Scope scope = Scope.open("test")) {
      Dropout dropout = new Dropout(0.3, new Philox(5, 6));
      Tensor x = scope.normal(Shape.of(2, 8, 30, 25));
      Tensor y = dropout.apply(x);
      Tensor zeros = Ops.EQUAL.apply(y, scope.tensor(Shape.scalar(), 0f));
      int dropped = 0;
      for (byte zero : zeros.toBytes()) {
        dropped += zero;
      }
      // Six standard deviations of 12000 draws.
      assertEquals(0.3 * 12_000, dropped, 6 * Math.sqrt(12_000 * 0.3 * 0.7));
      Tensor channelsLast = scope.empty(x.dtype(), Shape.of(2, 30, 25, 8)).permute(0, 3, 1, 2);
      x.copyInto(channelsLast);
      assertArrayEquals(y.toFloats(), dropout.apply(channelsLast).toFloats());
    }
  }

  @Test
  void refusesOddRates() {
    assertEquals(
        "dropout: rate 1.0 is not in [0, 1)",
        assertThrows(IllegalArgumentException.class, () -> new Dropout(1, new Philox(0, 0)))
            .getMessage());
  }
}
