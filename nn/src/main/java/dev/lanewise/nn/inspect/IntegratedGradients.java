package dev.lanewise.nn.inspect;

import dev.lanewise.nn.Model;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of a class score along the straight way from a baseline to the input, integrated:
 * {@code (x - b) * integral of dS/dx(b + t (x - b)) for t from 0 to 1} (Sundararajan et al. 2017).
 *
 * <p>By the completeness axiom the values of a sample add up to its score less that of the
 * baseline; the integral is a sum of {@code steps} gradients in the middles of equal parts, and
 * {@link Attribution#gaps} says what that left. The score is the one before the softmax, if the
 * model ends with one. Models have one input of f32 or f64 and one output {@code [n, classes]}.
 *
 * @param steps gradients per sample
 */
public record IntegratedGradients(int steps) {
  private static final int STEPS = 50;

  /** Checks the steps. */
  public IntegratedGradients {
    if (steps < 1) {
      throw new IllegalArgumentException("integratedGradients: at least one step, not " + steps);
    }
  }

  /** With 50 steps. */
  public static IntegratedGradients of() {
    return new IntegratedGradients(STEPS);
  }

  /** The same with another number of steps. */
  public IntegratedGradients steps(int other) {
    return new IntegratedGradients(other);
  }

  /** As {@link #of(Model, Tensor, Tensor, int...)} with a baseline of zeros. */
  public Attribution of(Model model, Tensor x, int... classes) {
    return of(model, x, x.scope().zeros(x.dtype(), x.shape()), classes);
  }

  /**
   * What each value accounts for.
   *
   * @param x samples {@code [n, ...]}; the result lives in their scope
   * @param baseline an input that says nothing, of the same shape, for each sample
   * @param classes whose scores: one for each sample, or one for all
   * @throws IllegalArgumentException if samples, baseline or classes do not fit
   */
  public Attribution of(Model model, Tensor x, Tensor baseline, int... classes) {
    if (!baseline.shape().equals(x.shape()) || !baseline.dtype().equals(x.dtype())) {
      throw new IllegalArgumentException(
          "integratedGradients: a baseline of the samples' type and shape expected: %s x %s"
              .formatted(x.spec(), baseline.spec()));
    }
    try (Scope scope = x.scope().child("integrated gradients")) {
      Tensor from = baseline.untracked().in(scope);
      Tensor way = x.untracked().in(scope).sub(from);
      Tensor sum = scope.zeros(x.dtype(), x.shape());
      for (int step = 0; step < steps; step++) {
        try (Scope inner = scope.child("step")) {
          Tensor at = from.in(inner).add(way.in(inner).mul((step + 0.5) / steps)).tracked();
          Tensor scores = scores(model, at, classes);
          sum.in(inner).add(Gradients.of(scores.sum()).get(at)).copyInto(sum);
        }
      }
      Tensor top = scores(model, x.untracked().in(scope).tracked(), classes);
      Tensor ground = scores(model, from.tracked(), classes);
      List<Double> rises = new ArrayList<>();
      for (long i = 0; i < top.size(); i++) {
        rises.add(top.value(i) - ground.value(i));
      }
      return new Attribution(sum.mul(way).mul(1.0 / steps).copyTo(x.scope()), rises);
    }
  }

  private static Tensor scores(Model model, Tensor x, int[] classes) {
    return ClassScores.of("integratedGradients", model.call(x), classes);
  }
}
