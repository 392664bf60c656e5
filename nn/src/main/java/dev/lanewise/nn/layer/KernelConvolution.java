package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;

/**
 * A convolution with one kernel.
 *
 * @param <L> the layer's own type
 */
public sealed interface KernelConvolution<L extends KernelConvolution<L>>
    extends ConvolutionLayer<L> permits Conv1D, Conv2D, Conv2DTranspose, Conv3D, DepthwiseConv2D {
  /** How the kernel is made and held. */
  default WeightPolicy kernel() {
    return settings().kernel();
  }

  /** This layer with another initialiser of the kernel. */
  default L kernel(Initializer other) {
    return kernel(kernel().initializer(other));
  }

  /** This layer with another policy for the kernel. */
  default L kernel(WeightPolicy other) {
    return settings(settings().with(draft -> draft.kernel = other));
  }

  /** This layer with a price on the kernel. */
  default L kernelRegularizer(Regularizer other) {
    return kernel(kernel().regularizer(other));
  }

  /** This layer with the kernel held to a constraint. */
  default L kernelConstraint(Constraint other) {
    return kernel(kernel().constraint(other));
  }
}
