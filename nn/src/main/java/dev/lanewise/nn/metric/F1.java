package dev.lanewise.nn.metric;

import java.util.OptionalInt;

/**
 * The harmonic mean of precision and recall: {@code 2 tp / (2 tp + fp + fn)}, 0 where a class never
 * occurs. What a batch may be is as for {@link Accuracy}. Where predictions are one number it is
 * that of yes, class 1; where they are {@code [n, classes]} it is the mean over all classes (macro
 * average), or that of a class of choice. Keras' {@code F1Score}.
 *
 * @param threshold between no and yes where predictions are one number; 0 where they are logits
 * @param chosen the class it is taken of
 */
public record F1(double threshold, OptionalInt chosen) implements Metric {
  /** Checks the class. */
  public F1 {
    Score.require("f1_score", chosen);
  }

  /** With a threshold of one half. */
  public static F1 of() {
    return new F1(0.5, OptionalInt.empty());
  }

  /** This metric with another threshold. */
  public F1 threshold(double other) {
    return new F1(other, chosen);
  }

  /** This metric of one class. */
  public F1 ofClass(int which) {
    return new F1(threshold, OptionalInt.of(which));
  }

  /** Such as {@code f1_score}, or {@code f1_score_2} of class 2. */
  @Override
  public String name() {
    return "f1_score" + (chosen.isPresent() ? "_" + chosen.getAsInt() : "");
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally tally() {
    return new Score(name(), threshold, chosen, ConfusionMatrix::f1);
  }
}
