package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.function.BiFunction;

/**
 * A built layer: it has its weights and computes.
 *
 * <p>The tensors that it takes and gives have the batch axis in front of the sample's shape.
 */
public interface Block {
  /** Shape of one sample of the output. */
  Shape output();

  /** Computes a batch; results live where {@code x} does. */
  Tensor call(Tensor x, Pass pass);

  /** A block from a function. */
  static Block of(Shape output, BiFunction<Tensor, Pass, Tensor> function) {
    return new Block() {
      @Override
      public Shape output() {
        return output;
      }

      @Override
      public Tensor call(Tensor x, Pass pass) {
        return function.apply(x, pass);
      }
    };
  }
}
