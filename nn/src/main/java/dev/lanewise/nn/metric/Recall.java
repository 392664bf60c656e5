package dev.lanewise.nn.metric;

import java.util.OptionalInt;

/**
 * The part of the samples of a class that are found: {@code tp / (tp + fn)}, 0 where there are
 * none. What a batch may be is as for {@link Accuracy}. Where predictions are one number it is that
 * of yes, class 1; where they are {@code [n, classes]} it is the mean over all classes (macro
 * average), or that of a class of choice. Keras' {@code Recall}.
 *
 * @param threshold between no and yes where predictions are one number; 0 where they are logits
 * @param chosen the class it is taken of
 */
public record Recall(double threshold, OptionalInt chosen) implements Metric {
  /** Checks the class. */
  public Recall {
    Score.require("recall", chosen);
  }

  /** With a threshold of one half. */
  public static Recall of() {
    return new Recall(0.5, OptionalInt.empty());
  }

  /** This metric with another threshold. */
  public Recall threshold(double other) {
    return new Recall(other, chosen);
  }

  /** This metric of one class. */
  public Recall ofClass(int which) {
    return new Recall(threshold, OptionalInt.of(which));
  }

  /** Such as {@code recall}, or {@code recall_2} of class 2. */
  @Override
  public String name() {
    return "recall" + (chosen.isPresent() ? "_" + chosen.getAsInt() : "");
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Score(name(), threshold, chosen, ConfusionMatrix::recall);
  }
}
