package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * Says that steps whose features all have one value do not count, and makes them zero. Layers that
 * keep the steps apart pass this on; recurrent ones leave such steps out, and so do loss and
 * metrics where it reaches the output. Input and output: {@code [t, features]}, with any axes
 * between them. Keras' {@code Masking}.
 *
 * @param maskValue what marks a step
 */
public record Masking(double maskValue) implements Layer {
  /** Of steps that are zero. */
  public static Masking of() {
    return new Masking(0);
  }

  /** Of steps that are this value. */
  public static Masking of(double maskValue) {
    return new Masking(maskValue);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() < 2) {
      throw error("sequences [t, ..., features] expected", input);
    }
    return Block.ofMasked(
        input,
        (given, _) -> {
          Tensor x = given.getFirst().values();
          Masked masked = new Masked(x, Masked.any(Masked.differs(x, maskValue), input.rank()));
          return masked.with(masked.counted());
        });
  }
}
