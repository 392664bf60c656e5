package dev.lanewise.nn.metric;

import java.util.OptionalInt;

/**
 * The part of the predictions of a class that are right: {@code tp / (tp + fp)}, 0 where there are
 * none. What a batch may be is as for {@link Accuracy}. Where predictions are one number it is that
 * of yes, class 1; where they are {@code [n, classes]} it is the mean over all classes (macro
 * average), or that of a class of choice. Keras' {@code Precision}.
 *
 * @param threshold between no and yes where predictions are one number; 0 where they are logits
 * @param chosen the class it is taken of
 */
public record Precision(double threshold, OptionalInt chosen) implements Metric {
  /** Checks the class. */
  public Precision {
    Score.require("precision", chosen);
  }

  /** With a threshold of one half. */
  public static Precision of() {
    return new Precision(0.5, OptionalInt.empty());
  }

  /** This metric with another threshold. */
  public Precision threshold(double other) {
    return new Precision(other, chosen);
  }

  /** This metric of one class. */
  public Precision ofClass(int which) {
    return new Precision(threshold, OptionalInt.of(which));
  }

  /** Such as {@code precision}, or {@code precision_2} of class 2. */
  @Override
  public String name() {
    return "precision" + (chosen.isPresent() ? "_" + chosen.getAsInt() : "");
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Score(name(), threshold, chosen, ConfusionMatrix::precision);
  }
}
