package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import java.util.function.LongUnaryOperator;

/**
 * Squares of small errors, magnitudes of large ones (Huber 1964): {@code e^2 / 2} where {@code |e|
 * <= delta}, else {@code delta (|e| - delta / 2)}, with {@code e = prediction - label}, averaged
 * over all elements. Labels and prediction: one shape; labels {@code [n]} stand for {@code [n, 1]}.
 * Keras' {@code Huber}.
 *
 * @param delta where the line begins, above 0
 */
public record Huber(double delta) implements Loss {
  /** Checks delta. */
  public Huber {
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber: delta above 0 expected, not " + delta);
    }
  }

  /** With Keras' delta of one. */
  public static Huber of() {
    return new Huber(1);
  }

  /** This loss with a line that begins elsewhere. */
  public Huber delta(double other) {
    return new Huber(other);
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor error = prediction.sub(Predictions.alike(labels, prediction));
    Tensor near = error.apply(new Clip(-delta, delta));
    return near.mul(error.sub(near.mul(0.5)));
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
  }
}
