package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/** What tells one recurrent layer from another: the extents of its weights, and a step. */
interface Cell {
  /** How many sums of {@code units} a step makes of its input. */
  int gates();

  /**
   * All steps as one operator of the sequences, the first states, the kernels, the bias and a mask
   * if there is one; null where no operator computes these settings.
   */
  Op operator();

  /** The shape of the bias, {@code columns} being the extent of all gates. */
  default Shape bias(long columns) {
    return Shape.of(columns);
  }

  /** How the bias begins and is held, from what the settings say. */
  default WeightPolicy bias(WeightPolicy policy) {
    return policy;
  }

  /** The part of all steps' sums that depends on the sequences {@code [n, t, in]} only. */
  default Tensor project(Tensor x, Tensor kernel, Tensor bias) {
    return x.matmul(kernel).add(bias);
  }

  /**
   * The next states {@code [n, units]}, the one that is the output first.
   *
   * @param sums what {@link #project} gave for this step, {@code [n, gates units]}
   * @param seen the first state as products see it, a part of it hidden in training
   */
  Tensor[] next(Tensor sums, Tensor seen, Tensor[] states, Tensor recurrentKernel, Tensor bias);
}
