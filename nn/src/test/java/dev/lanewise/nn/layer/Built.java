package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** A layer built for tensors and called with them, for tests that compare values. */
final class Built {
  private Built() {}

  /** The output of a layer with weights of its own. */
  static Tensor call(Layer layer, Tensor... x) {
    return call(layer, Pass.inference(), x);
  }

  /** The output of a layer with weights of its own, in a pass. */
  static Tensor call(Layer layer, Pass pass, Tensor... x) {
    Weights weights = Weights.random(x[0].scope(), DType.F32, 1);
    List<Shape> shapes = Arrays.stream(x).map(each -> each.shape().without(0)).toList();
    return layer.build(weights, shapes).call(List.of(x), pass).getFirst();
  }

  /** What building the layer for these shapes complains of. */
  static String error(Layer layer, Shape... inputs) {
    try (Scope scope = Scope.open("test")) {
      Weights weights = Weights.random(scope, DType.F32, 1);
      return error(() -> layer.build(weights, List.of(inputs)));
    }
  }

  /** What it complains of. */
  static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
