package dev.lanewise.nn.optimizer;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.InPlace;
import java.util.function.Predicate;

/**
 * Decoupled weight decay (Loshchilov and Hutter 2019): {@code w = w - rate * decay * w} before an
 * update.
 *
 * @param decay the factor, at least zero
 * @param chosen says by its name whether a parameter decays
 */
public record WeightDecay(double decay, Predicate<String> chosen) {
  static final WeightDecay NONE = new WeightDecay(0, _ -> false);

  /** Checks the factor. */
  public WeightDecay {
    Rates.require("weightDecay", "decay", decay);
  }

  void apply(String name, Tensor parameter, double rate) {
    if (decay != 0 && chosen.test(name)) {
      new InPlace().map(Lane.SCALE, parameter, 1 - rate * decay, -0.0).run();
    }
  }
}
