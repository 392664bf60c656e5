package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Weights are scaled to norm one along some axes. Keras' {@code UnitNorm}.
 *
 * @param axes along which a norm is taken: the first for the units of a dense kernel, the first
 *     three for the filters of an image
 */
public record UnitNorm(List<Integer> axes) implements Constraint {
  /** Checks the axes. */
  public UnitNorm {
    axes = Norms.axes("unitNorm", axes);
  }

  /** Norm one along the first axis, as for the units of a dense kernel. */
  public static UnitNorm of() {
    return of(0);
  }

  /** Norm one along these axes. */
  public static UnitNorm of(int... axes) {
    return new UnitNorm(IntStream.of(axes).boxed().toList());
  }

  @Override
  public Tensor apply(Tensor weight) {
    return weight.div(Norms.of(weight, axes).add(Norms.EPSILON));
  }
}
