package dev.lanewise.nn.inspect;

import dev.lanewise.nn.Model;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.op.Ops;

/**
 * How much a class score changes with each value of the input: {@code dS/dx} (Simonyan et al.
 * 2014).
 *
 * <p>The score is the one before the softmax, if the model ends with one. Models have one input of
 * f32 or f64 and one output {@code [n, classes]}.
 */
public final class Saliency {
  private Saliency() {}

  /**
   * The gradient of the scores.
   *
   * @param x samples {@code [n, ...]}
   * @param classes whose scores: one for each sample, or one for all
   * @return of the shape of {@code x}, in its scope
   * @throws IllegalArgumentException if samples or classes do not fit the model
   */
  public static Tensor gradient(Model model, Tensor x, int... classes) {
    try (Scope scope = x.scope().child("saliency")) {
      Tensor leaf = x.untracked().in(scope).tracked();
      Tensor scores = ClassScores.of("saliency", model.call(leaf), classes);
      return Gradients.of(scores.sum()).get(leaf).copyTo(x.scope());
    }
  }

  /**
   * The saliency map of images: the greatest magnitude of the gradient among the channels.
   *
   * @param x images {@code [n, height, width, channels]}
   * @return {@code [n, height, width]}, in the scope of {@code x}
   * @throws IllegalArgumentException if these are no images, or do not fit the model
   */
  public static Tensor maps(Model model, Tensor x, int... classes) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(
          "saliency: images of [samples, height, width, channels] expected: " + x.spec());
    }
    return gradient(model, x, classes).apply(Ops.ABS).max(3);
  }
}
