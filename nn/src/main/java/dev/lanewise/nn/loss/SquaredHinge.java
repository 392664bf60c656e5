package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/**
 * {@code max(1 - label * prediction, 0)^2}, averaged over all elements. Labels are 1 for yes and -1
 * or 0 for no. Labels and prediction: one shape; labels {@code [n]} stand for {@code [n, 1]}.
 * Keras' {@code SquaredHinge}.
 */
public record SquaredHinge() implements Loss {
  /** The loss. */
  public static SquaredHinge of() {
    return new SquaredHinge();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    return Hinge.margin(labels, prediction).square();
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Hinge.requireSides(name(), labels, prediction, sample);
  }
}
