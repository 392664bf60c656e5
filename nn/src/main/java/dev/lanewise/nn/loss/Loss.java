package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/**
 * How far predictions are from labels. Implementations are records of attributes that say the terms
 * a loss is the mean of; the rest follows.
 *
 * <p>A loss knows no masks: where a model's output has one, training and evaluation hand over the
 * places that count, {@code [places, ...]}, as if they were samples.
 */
public interface Loss {
  /**
   * The terms whose mean is the loss of the batch: {@code [n, ...]}, the batch axis first, as many
   * terms for each sample.
   *
   * @param labels what is right; the first axis is the batch
   * @param prediction what the network said
   */
  Tensor terms(Tensor labels, Tensor prediction);

  /** The loss of each sample, the mean of its terms: {@code [n]}. */
  default Tensor perSample(Tensor labels, Tensor prediction) {
    Tensor terms = terms(labels, prediction);
    long samples = terms.extent(0);
    return terms.rank() == 1
        ? terms
        : terms.reshape(samples, terms.size() / Math.max(1, samples)).mean(1);
  }

  /** The mean loss of a batch, a scalar that gradients can be asked of. */
  default Tensor apply(Tensor labels, Tensor prediction) {
    return terms(labels, prediction).mean();
  }

  /**
   * The mean of the samples' losses times their weights. As in Keras the divisor is the number of
   * samples, not the sum of weights.
   *
   * @param weights one for each sample, {@code [n]}, of the prediction's type
   */
  default Tensor apply(Tensor labels, Tensor prediction, Tensor weights) {
    return perSample(labels, prediction).mul(weights).mean();
  }

  /**
   * Checks labels before a network is trained or judged with them.
   *
   * @param labels a batch of them
   * @param prediction shape of the network's output for it
   * @param sample the number in the data set of a row of the batch, for errors
   * @throws IllegalArgumentException if type, shape or values do not fit
   */
  void check(Tensor labels, Shape prediction, LongUnaryOperator sample);

  /** The loss's name in errors. */
  default String name() {
    String name = getClass().getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }
}
