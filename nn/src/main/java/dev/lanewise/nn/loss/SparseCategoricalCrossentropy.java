package dev.lanewise.nn.loss;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Gather;
import dev.lanewise.tensor.op.Ops;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/**
 * {@code -log p[label]}, averaged. Labels: classes as numbers, {@code [n]} or {@code [n, 1]} of i32
 * or i64. Prediction: {@code [n, classes]} of probabilities or logits; further axes may stand
 * between in both. Keras' {@code SparseCategoricalCrossentropy}.
 *
 * <p>Where a class is ignored, its terms are zero and the others are scaled so that the mean over
 * all is the mean over those that count; where none counts it is zero.
 *
 * @param fromLogits whether predictions are logits and not probabilities
 * @param smoothing the part of each label that is spread evenly over the classes, from 0 to 1
 * @param ignored the label of what does not count, a class or any other number
 */
public record SparseCategoricalCrossentropy(
    boolean fromLogits, double smoothing, OptionalLong ignored) implements Loss {
  /** Checks the smoothing. */
  public SparseCategoricalCrossentropy {
    Predictions.requireSmoothing("sparseCategoricalCrossentropy", smoothing);
  }

  /** Of probabilities, such as a softmax gives. */
  public static SparseCategoricalCrossentropy of() {
    return new SparseCategoricalCrossentropy(false, 0, OptionalLong.empty());
  }

  /** This loss of logits or of probabilities. */
  public SparseCategoricalCrossentropy fromLogits(boolean wanted) {
    return new SparseCategoricalCrossentropy(wanted, smoothing, ignored);
  }

  /**
   * This loss with smoothed labels (Szegedy et al. 2016): {@code -(1 - smoothing) log p[label] -
   * smoothing mean(log p)}.
   */
  public SparseCategoricalCrossentropy smoothing(double other) {
    return new SparseCategoricalCrossentropy(fromLogits, other, ignored);
  }

  /** This loss without the places of this label, such as -1 for padding. */
  public SparseCategoricalCrossentropy ignore(long label) {
    return new SparseCategoricalCrossentropy(fromLogits, smoothing, OptionalLong.of(label));
  }

  private Tensor logits(Tensor prediction) {
    return fromLogits ? prediction : Predictions.softmaxLogits(prediction);
  }

  /** In one fused operator where nothing is smoothed and nothing ignored. */
  @Override
  public Tensor apply(Tensor labels, Tensor prediction) {
    if (smoothing != 0 || ignored.isPresent()) {
      return Loss.super.apply(labels, prediction);
    }
    Tensor logits = logits(prediction);
    Tensor rows = logits.rank() == 2 ? logits : logits.reshape(-1, logits.extent(-1));
    Tensor classes = labels.rank() == 1 ? labels : labels.reshape(labels.size());
    return rows.crossEntropy(classes);
  }

  @Override
  public Tensor terms(Tensor labels, Tensor prediction) {
    Tensor logarithms = logits(prediction).logSoftmax(-1);
    Scope scope = logarithms.scope();
    long[] places = new long[Math.toIntExact(labels.size())];
    boolean[] out = new boolean[places.length];
    long counted = point(labels.reshape(places.length), logarithms, places, out);
    Tensor chosen =
        logarithms
            .reshape(logarithms.size())
            .apply(new Gather(0), scope.tensor(Shape.of(places.length), places));
    Tensor terms = chosen.mul(smoothing - 1);
    if (smoothing != 0) {
      terms = terms.sub(logarithms.reshape(places.length, -1).mean(1).mul(smoothing));
    }
    if (counted < places.length) {
      Tensor zero = scope.zeros(terms.dtype(), Shape.scalar());
      Tensor left = Ops.WHERE.apply(scope.tensor(terms.shape(), out), zero, terms);
      terms = left.mul((double) places.length / Math.max(1, counted));
    }
    return terms.reshape(logarithms.shape().without(-1));
  }

  /**
   * Finds the places of labels in a row-major {@code [n, classes]}, notes which are ignored, and
   * counts the others.
   */
  private long point(Tensor labels, Tensor logarithms, long[] places, boolean[] out) {
    long classes = logarithms.extent(-1);
    long counted = 0;
    for (int i = 0; i < places.length; i++) {
      long label = labels.longValue(i);
      out[i] = isIgnored(label);
      if (!out[i] && (label < 0 || label >= classes)) {
        throw new IllegalArgumentException(
            "%s: label %d in place %d is none of %d classes: prediction %s"
                .formatted(name(), label, i, classes, logarithms.shape()));
      }
      places[i] = i * classes + (out[i] ? 0 : label);
      counted += out[i] ? 0 : 1;
    }
    return counted;
  }

  private boolean isIgnored(long label) {
    return ignored.isPresent() && ignored.getAsLong() == label;
  }

  @Override
  public void check(Tensor labels, Shape prediction, LongUnaryOperator sample) {
    Shape given = labels.shape();
    boolean column = given.rank() == prediction.rank() && given.extent(-1) == 1;
    boolean whole = labels.dtype().equals(DType.I32) || labels.dtype().equals(DType.I64);
    if (!whole
        || prediction.rank() < 2
        || !(column ? given.without(-1) : given).equals(prediction.without(-1))) {
      throw new IllegalArgumentException(
          name()
              + ": classes as i32 or i64, one for each prediction, expected: labels "
              + labels.spec()
              + " x prediction "
              + prediction);
    }
    long classes = prediction.extent(-1);
    long perRow = Math.max(1, labels.size() / Math.max(1, given.extent(0)));
    Tensor flat = labels.reshape(labels.size());
    for (long i = 0; i < flat.size(); i++) {
      long label = flat.longValue(i);
      if ((label < 0 || label >= classes) && !isIgnored(label)) {
        throw new IllegalArgumentException(
            "%s: label %d of sample %d is none of %d classes: labels %s x prediction %s"
                .formatted(
                    name(), label, sample.applyAsLong(i / perRow), classes, given, prediction));
      }
    }
  }
}
