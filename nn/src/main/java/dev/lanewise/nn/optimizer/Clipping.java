package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import dev.lanewise.tensor.op.Ops;
import java.util.List;

/**
 * A limit to gradients, which are changed in place. A gradient that is not a number stays one.
 *
 * @param kind what is limited
 * @param limit above zero
 */
public record Clipping(Kind kind, double limit) {
  static final Clipping NONE = new Clipping(Kind.VALUE, Double.POSITIVE_INFINITY);

  /** What a limit applies to. */
  public enum Kind {
    /** Each element, which is cut to {@code -limit} to {@code limit}. */
    VALUE,
    /** The L2 norm of each parameter's gradient, which is scaled down to it. */
    NORM,
    /** The L2 norm of all gradients together, which are scaled down by one factor. */
    GLOBAL_NORM
  }

  /** Checks the limit. */
  public Clipping {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("clipping: a limit above 0 expected, not " + limit);
    }
  }

  void apply(List<Tensor> gradients) {
    if (limit == Double.POSITIVE_INFINITY) {
      return;
    }
    switch (kind) {
      case VALUE ->
          gradients.forEach(each -> new InPlace().map(Lane.CLIP, each, -limit, limit).run());
      case NORM -> gradients.forEach(each -> scale(List.of(each), Math.sqrt(squares(each))));
      case GLOBAL_NORM -> {
        double sum = 0;
        for (Tensor gradient : gradients) {
          sum += squares(gradient);
        }
        scale(gradients, Math.sqrt(sum));
      }
    }
  }

  private void scale(List<Tensor> gradients, double norm) {
    if (norm > limit || Double.isNaN(norm)) {
      gradients.forEach(each -> new InPlace().map(Lane.SCALE, each, limit / norm, -0.0).run());
    }
  }

  /** The sum of squares, its temporaries gone when it returns. */
  private static double squares(Tensor gradient) {
    try (Scope scratch = gradient.scope().child("norm")) {
      Tensor x = gradient.untracked().in(scratch);
      double sum = x.square().sum().value();
      if (sum != Double.POSITIVE_INFINITY) {
        return sum;
      }
      // Squares of large F32 overflow where their root would not: relative to the greatest, in
      // doubles.
      double greatest = x.apply(Ops.ABS).max().value();
      return greatest == Double.POSITIVE_INFINITY
          ? sum
          : greatest * greatest * x.div(greatest).square().sum().value();
    }
  }
}
