package dev.lanewise.nn.weight;

import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Weights whose norm along some axes is larger are scaled down to it (Srivastava et al. 2014).
 * Keras' {@code MaxNorm}.
 *
 * @param most the largest norm
 * @param axes along which a norm is taken: the first for the units of a dense kernel, the first
 *     three for the filters of an image
 */
public record MaxNorm(double most, List<Integer> axes) implements Constraint {
  /** Checks the norm and the axes. */
  public MaxNorm {
    if (!(most > 0)) {
      throw new IllegalArgumentException("maxNorm: a positive norm expected, not " + most);
    }
    axes = Norms.axes("maxNorm", axes);
  }

  /** This norm along the first axis, as for the units of a dense kernel. */
  public static MaxNorm of(double most) {
    return of(most, 0);
  }

  /** This norm along these axes. */
  public static MaxNorm of(double most, int... axes) {
    return new MaxNorm(most, IntStream.of(axes).boxed().toList());
  }

  @Override
  public Tensor apply(Tensor weight) {
    Tensor norms = Norms.of(weight, axes);
    return weight.mul(norms.apply(new Clip(0, most)).div(norms.add(Norms.EPSILON)));
  }
}
