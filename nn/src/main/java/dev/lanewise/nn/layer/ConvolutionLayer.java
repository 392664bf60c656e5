package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.tensor.op.Window;

/**
 * A layer that moves a window over its input, channels last.
 *
 * @param <L> the layer's own type
 */
public sealed interface ConvolutionLayer<L extends ConvolutionLayer<L>> extends Layer
    permits ImageConvolution, KernelConvolution {
  /** What it has been told. */
  ConvolutionSettings settings();

  /** This layer with other settings. */
  L settings(ConvolutionSettings other);

  /** Taps and steps, without pads. */
  default Window window() {
    return settings().window();
  }

  /** What happens at the edges. */
  default Padding padding() {
    return settings().padding();
  }

  /** What is applied at the end. */
  default Activation activation() {
    return settings().activation();
  }

  /** Whether there is a bias. */
  default boolean useBias() {
    return settings().useBias();
  }

  /** How the bias is made and held. */
  default WeightPolicy bias() {
    return settings().bias();
  }

  /** This layer with other edges. */
  default L padding(Padding other) {
    return settings(settings().with(draft -> draft.padding = other));
  }

  /** This layer with another activation. */
  default L activation(Activation other) {
    return settings(settings().with(draft -> draft.activation = other));
  }

  /** This layer with or without a bias. */
  default L useBias(boolean wanted) {
    return settings(settings().with(draft -> draft.useBias = wanted));
  }

  /** This layer with another initialiser of the bias. */
  default L bias(Initializer other) {
    return bias(bias().initializer(other));
  }

  /** This layer with another policy for the bias. */
  default L bias(WeightPolicy other) {
    return settings(settings().with(draft -> draft.bias = other));
  }

  /** This layer with a price on the bias. */
  default L biasRegularizer(Regularizer other) {
    return bias(bias().regularizer(other));
  }

  /** This layer with the bias held to a constraint. */
  default L biasConstraint(Constraint other) {
    return bias(bias().constraint(other));
  }
}
