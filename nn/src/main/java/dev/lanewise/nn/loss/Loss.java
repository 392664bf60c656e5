package dev.lanewise.nn.loss;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.LongUnaryOperator;

/** How far predictions are from labels. Implementations are records of attributes. */
public interface Loss {
  /**
   * The mean loss of a batch, a scalar that gradients can be asked of.
   *
   * @param labels what is right; the first axis is the batch
   * @param prediction what the network said
   */
  Tensor apply(Tensor labels, Tensor prediction);

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
