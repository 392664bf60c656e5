package dev.lanewise.nn.inspect;

import dev.lanewise.nn.Counted;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Statistics;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.ArrayList;
import java.util.List;

/**
 * What a weight and the gradient of the loss with respect to it are like for one batch.
 *
 * <p>Gradients that shrink by orders of magnitude from the last layer to the first vanish, those
 * that grow explode; zeros mean a layer that learns nothing.
 *
 * @param name of the weight, such as {@code conv2d_1.kernel}
 * @param weight its values
 * @param gradient of the loss, penalties included
 */
public record GradientStatistics(String name, Statistics weight, Statistics gradient) {
  /**
   * Those of all weights that training changes, in their order in the model.
   *
   * @param loss that training makes small
   * @param x samples {@code [n, ...]}
   * @param labels as the loss expects them
   * @throws IllegalArgumentException if the samples do not fit the model, or the labels the loss
   */
  public static List<GradientStatistics> of(Model model, Loss loss, Tensor x, Tensor labels) {
    try (Scope scope = x.scope().child("gradients")) {
      Masked output = model.callMasked(x.untracked().in(scope), Pass.inference());
      Counted counted = Counted.of(loss, labels.in(scope), output, row -> row);
      Tensor cost = Parameter.penalized(counted.loss(), model.parameters());
      List<GradientStatistics> all = new ArrayList<>();
      if (model.trained().isEmpty()) {
        return all;
      }
      Gradients gradients = Gradients.of(cost);
      for (Parameter parameter : model.trained()) {
        Tensor gradient = gradients.get(parameter.tensor());
        all.add(
            new GradientStatistics(
                parameter.name(), Statistics.of(parameter.tensor()), Statistics.of(gradient)));
      }
      return all;
    }
  }

  /** The gradient's norm over the weight's; NaN where both are zero. */
  public double ratio() {
    return gradient.norm() / weight.norm();
  }
}
