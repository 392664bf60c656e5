package dev.lanewise.nn.metric;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * How the scores of several classes become one number (Sokolova and Lapalme 2009). With {@code k}
 * classes, the score {@code s[c]} of class {@code c} and {@code p[c]}, the number of samples whose
 * label is class {@code c} or has it among others:
 *
 * <ul>
 *   <li>{@code MACRO}: {@code (s[0] + ... + s[k - 1]) / k}, every class counts the same;
 *   <li>{@code WEIGHTED}: {@code (p[0] s[0] + ...) / (p[0] + ...)}, every class counts as often as
 *       it occurs;
 *   <li>{@code MICRO}: the score of all decisions of all classes taken together.
 * </ul>
 *
 * <p>Where each sample has one class, the micro averages of precision, recall and F1 are all the
 * accuracy. Names and meaning are those of Keras and scikit-learn.
 */
public enum Average {
  /** The mean over classes. */
  MACRO,
  /** All decisions taken together. */
  MICRO,
  /** The mean over classes, weighted by how often each occurs. */
  WEIGHTED;

  /** Such as {@code recall} of the macro average, {@code recall_micro} or {@code recall_2}. */
  String name(String metric, OptionalInt chosen) {
    if (chosen.isPresent()) {
      return metric + "_" + chosen.getAsInt();
    }
    return this == MACRO ? metric : metric + "_" + name().toLowerCase(Locale.ROOT);
  }

  /**
   * The mean of scores.
   *
   * @param occurrences of each class, which are the weights if this is {@code WEIGHTED}
   * @return NaN if the weights are zero, or there are none
   */
  double mean(double[] scores, long[] occurrences) {
    double sum = 0;
    double weights = 0;
    for (int which = 0; which < scores.length; which++) {
      double weight = this == WEIGHTED ? occurrences[which] : 1;
      sum += weight * scores[which];
      weights += weight;
    }
    return sum / weights;
  }
}
