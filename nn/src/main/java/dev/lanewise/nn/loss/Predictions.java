package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Origin;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import dev.lanewise.tensor.op.Sigmoid;
import dev.lanewise.tensor.op.Softmax;

/** What losses need to know of predictions. */
final class Predictions {
  /**
   * Keras' epsilon: probabilities are kept this far from 0 and 1 before their logarithm is taken.
   */
  private static final double EPSILON = 1e-7;

  private Predictions() {}

  /**
   * Logits of these probabilities, classes along the last axis: the operand of the softmax that
   * made them, if the tensor knows its origin, else their logarithms.
   */
  static Tensor softmaxLogits(Tensor probabilities) {
    int rank = probabilities.rank();
    return op(probabilities) instanceof Softmax softmax
            && probabilities.shape().axis("softmax", softmax.axis()) == rank - 1
        ? probabilities.origin().input(0)
        : probabilities.apply(new Clip(EPSILON, 1 - EPSILON)).log();
  }

  /**
   * Logits of these probabilities: the operand of the sigmoid that made them, if the tensor knows
   * its origin, else {@code log(p / (1 - p))}.
   */
  static Tensor sigmoidLogits(Tensor probabilities) {
    if (op(probabilities) instanceof Sigmoid) {
      return probabilities.origin().input(0);
    }
    Tensor inside = probabilities.apply(new Clip(EPSILON, 1 - EPSILON));
    return inside.log().sub(inside.neg().add(1).log());
  }

  private static Op op(Tensor tensor) {
    Origin origin = tensor.origin();
    return origin == null ? null : origin.op();
  }

  /** Labels in the type and shape of a prediction: {@code [n]} stands for {@code [n, 1]}. */
  static Tensor alike(Tensor labels, Tensor prediction) {
    Tensor typed =
        labels.dtype().equals(prediction.dtype()) ? labels : labels.cast(prediction.dtype());
    return typed.shape().equals(prediction.shape()) ? typed : typed.reshape(prediction.shape());
  }

  /**
   * Checks that labels can be compared with predictions, element by element.
   *
   * @throws IllegalArgumentException if their shapes differ by more than a last axis of one
   */
  static void requireAlike(String loss, Tensor labels, Shape prediction) {
    boolean same = labels.shape().equals(prediction);
    boolean column =
        prediction.rank() > 0
            && prediction.extent(-1) == 1
            && labels.shape().equals(prediction.without(-1));
    if (!same && !column) {
      throw new IllegalArgumentException(
          loss + ": shapes differ: labels " + labels.spec() + " x prediction " + prediction);
    }
  }
}
