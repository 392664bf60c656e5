package dev.lanewise.nn.layer;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
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

  /** Shapes of one sample of all outputs. */
  default List<Shape> outputs() {
    return List.of(output());
  }

  /** Computes a batch with all inputs and outputs, of which there may be several. */
  default List<Tensor> call(List<Tensor> inputs, Pass pass) {
    return List.of(call(inputs.getFirst(), pass));
  }

  /**
   * The same with the masks that came with the inputs, and those that go with the outputs. Unless a
   * block says otherwise, it takes no notice of masks and they end with it.
   */
  default List<Masked> callMasked(List<Masked> inputs, Pass pass) {
    return Masked.all(call(Masked.values(inputs), pass));
  }

  /**
   * This block, its first output with the mask of its first input: for layers that keep the places
   * of a sequence apart.
   */
  default Block keepingMask() {
    return ofMasked(
        outputs(),
        (inputs, pass) -> {
          List<Masked> found = new ArrayList<>(callMasked(inputs, pass));
          found.set(0, inputs.getFirst().with(found.getFirst().values()));
          return found;
        });
  }

  /** A block of one output from a function of values with masks. */
  static Block ofMasked(Shape output, BiFunction<List<Masked>, Pass, Masked> function) {
    return ofMasked(List.of(output), (inputs, pass) -> List.of(function.apply(inputs, pass)));
  }

  /** A block from a function of values with masks. */
  static Block ofMasked(
      List<Shape> outputs, BiFunction<List<Masked>, Pass, List<Masked>> function) {
    return new Block() {
      @Override
      public Shape output() {
        return outputs.getFirst();
      }

      @Override
      public List<Shape> outputs() {
        return outputs;
      }

      @Override
      public Tensor call(Tensor x, Pass pass) {
        return call(List.of(x), pass).getFirst();
      }

      @Override
      public List<Tensor> call(List<Tensor> inputs, Pass pass) {
        return Masked.values(function.apply(Masked.all(inputs), pass));
      }

      @Override
      public List<Masked> callMasked(List<Masked> inputs, Pass pass) {
        return function.apply(inputs, pass);
      }
    };
  }

  /** A block of several inputs and one output from a function. */
  static Block ofMany(Shape output, BiFunction<List<Tensor>, Pass, Tensor> function) {
    return ofMany(List.of(output), (inputs, pass) -> List.of(function.apply(inputs, pass)));
  }

  /** A block of several inputs and outputs from a function. */
  static Block ofMany(List<Shape> outputs, BiFunction<List<Tensor>, Pass, List<Tensor>> function) {
    return new Block() {
      @Override
      public Shape output() {
        return outputs.getFirst();
      }

      @Override
      public List<Shape> outputs() {
        return outputs;
      }

      @Override
      public Tensor call(Tensor x, Pass pass) {
        return function.apply(List.of(x), pass).getFirst();
      }

      @Override
      public List<Tensor> call(List<Tensor> inputs, Pass pass) {
        return function.apply(inputs, pass);
      }
    };
  }

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
