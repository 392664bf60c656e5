package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Ops;
import java.util.function.LongUnaryOperator;

/**
 * {@code |label - prediction|}, averaged over all elements. Labels and prediction: one shape;
 * labels {@code [n]} stand for {@code [n, 1]}. Keras' {@code MeanAbsoluteError}.
 */
public record MeanAbsoluteError() implements Loss {
  /** The loss. */
  public static MeanAbsoluteError of() {
    return new MeanAbsoluteError();
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    return prediction.sub(Predictions.alike(labels, prediction)).apply(Ops.ABS);
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Predictions.requireAlike(name(), labels, prediction);
  }
}
