package dev.lanewise.nn.metric;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Clip;
import java.util.OptionalLong;

/**
 * {@code e^mean(-log p[label])}: among how many equally likely classes a model hesitates. Labels:
 * classes as numbers, i32 or i64, one for each prediction. Prediction: {@code [n, classes]} of
 * probabilities or logits; further axes may stand between. Probabilities below 1e-7 count as that.
 *
 * @param fromLogits whether predictions are logits and not probabilities
 * @param ignored the label of what does not count, such as padding
 */
public record Perplexity(boolean fromLogits, OptionalLong ignored) implements Metric {
  private static final double EPSILON = 1e-7;

  /** Of probabilities, such as a softmax gives. */
  public static Perplexity of() {
    return new Perplexity(false, OptionalLong.empty());
  }

  /** This metric of logits or of probabilities. */
  public Perplexity fromLogits(boolean wanted) {
    return new Perplexity(wanted, ignored);
  }

  /** This metric without the places of this label. */
  public Perplexity ignore(long label) {
    return new Perplexity(fromLogits, OptionalLong.of(label));
  }

  @Override
  public String name() {
    return "perplexity";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Tally tally() {
    return new Sum();
  }

  private final class Sum implements Tally {
    private double sum;
    private long seen;

    @Override
    public void add(Tensor labels, Tensor prediction) {
      long classes = prediction.rank() < 2 ? 0 : prediction.extent(-1);
      if (classes == 0
          || !Decisions.isWhole(labels)
          || labels.size() != prediction.size() / classes) {
        throw Values.unfit(name(), labels, prediction);
      }
      Tensor plain = prediction.untracked();
      Tensor logarithms =
          fromLogits ? plain.logSoftmax(-1) : plain.apply(new Clip(EPSILON, 1)).log();
      Tensor flat = logarithms.reshape(logarithms.size());
      long[] truth = labels.cast(DType.I64).toLongs();
      for (int i = 0; i < truth.length; i++) {
        if (ignored.isPresent() && ignored.getAsLong() == truth[i]) {
          continue;
        }
        if (truth[i] < 0 || truth[i] >= classes) {
          throw Values.unknown(name(), truth[i], i, (int) classes, labels, prediction);
        }
        sum -= flat.value(i * classes + truth[i]);
        seen++;
      }
    }

    @Override
    public double value() {
      return seen == 0 ? Double.NaN : Math.exp(sum / seen);
    }

    @Override
    public void reset() {
      sum = 0;
      seen = 0;
    }
  }
}
