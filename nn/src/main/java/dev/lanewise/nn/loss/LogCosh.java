package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Ops;
import java.util.function.LongUnaryOperator;

/**
 * {@code log(cosh(e))} with {@code e = prediction - label}, computed as {@code e + softplus(-2e) -
 * log 2}, averaged over all elements. Labels and prediction: one shape; labels {@code [n]} stand
 * for {@code [n, 1]}. Keras' {@code LogCosh}.
 */
public record LogCosh() implements Loss {
  private static final double LN2 = 0.6931471805599453;

  /** The loss. */
  public static LogCosh of() {
    return new LogCosh();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor error = prediction.sub(Predictions.alike(labels, prediction));
    return error.add(error.mul(-2).apply(Ops.SOFTPLUS)).sub(LN2);
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
  }
}
