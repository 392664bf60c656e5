package dev.lanewise.nn.inspect;

import dev.lanewise.tensor.Origin;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Softmax;
import java.util.Arrays;

/**
 * The number whose causes are looked for: of each sample the score of one class, before the softmax
 * if the prediction comes from one. Probabilities also rise because other classes fall; Simonyan et
 * al. (2014) take the scores for that reason.
 */
final class ClassScores {
  private ClassScores() {}

  /**
   * The scores {@code [n]}.
   *
   * @param prediction {@code [n, classes]}, tracked
   * @param classes one for each sample, or one for all
   * @throws IllegalArgumentException if they do not fit
   */
  static Tensor of(String user, Tensor prediction, int[] classes) {
    if (prediction.rank() != 2) {
      throw new IllegalArgumentException(
          "%s: predictions of [samples, classes] expected: %s".formatted(user, prediction.spec()));
    }
    Shape shape = prediction.shape();
    int samples = Math.toIntExact(shape.extent(0));
    if (classes.length != 1 && classes.length != samples) {
      throw new IllegalArgumentException(
          "%s: %d classes for %d samples: one for each or one for all: prediction %s"
              .formatted(user, classes.length, samples, shape));
    }
    Tensor chosen = prediction.scope().zeros(prediction.dtype(), shape);
    for (int i = 0; i < samples; i++) {
      int wanted = classes[classes.length == 1 ? 0 : i];
      if (wanted < 0 || wanted >= shape.extent(1)) {
        throw new IllegalArgumentException(
            "%s: no class %d: prediction %s, classes %s"
                .formatted(user, wanted, shape, Arrays.toString(classes)));
      }
      chosen.set(1, i, wanted);
    }
    return beforeSoftmax(prediction).mul(chosen).sum(1);
  }

  private static Tensor beforeSoftmax(Tensor prediction) {
    Origin origin = prediction.origin();
    boolean isSoftmax =
        origin != null && origin.op() instanceof Softmax(int axis) && (axis == -1 || axis == 1);
    return isSoftmax ? origin.input(0) : prediction;
  }
}
