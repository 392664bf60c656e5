package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Ops;
import java.util.function.LongUnaryOperator;

/**
 * {@code max(1 - label * prediction, 0)}, averaged over all elements. Labels are 1 for yes and -1
 * or 0 for no. Labels and prediction: one shape; labels {@code [n]} stand for {@code [n, 1]}.
 * Keras' {@code Hinge}.
 */
public record Hinge() implements Loss {
  /** The loss. */
  public static Hinge of() {
    return new Hinge();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    return margin(labels, prediction);
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    requireSides(name(), labels, prediction, sample);
  }

  /** {@code max(1 - label * prediction, 0)}, a label of 0 standing for -1. */
  static Tensor margin(Tensor labels, Tensor prediction) {
    Tensor given = Predictions.alike(labels, prediction);
    Tensor zero = given.scope().zeros(given.dtype(), Shape.scalar());
    Tensor one = given.scope().full(given.dtype(), Shape.scalar(), 1);
    Tensor sides = Ops.WHERE.apply(Ops.GREATER.apply(given, zero), one, one.neg());
    return sides.mul(prediction).neg().add(1).relu();
  }

  static void requireSides(String loss, Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(loss, labels, prediction);
    Predictions.requireValues(
        loss,
        labels,
        prediction,
        sample,
        "-1, 0 or 1",
        label -> label == -1 || label == 0 || label == 1);
  }
}
