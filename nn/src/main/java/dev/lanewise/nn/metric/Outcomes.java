package dev.lanewise.nn.metric;

/**
 * How often a class was found, wrongly said, missed and rightly not said.
 *
 * @param truePositives how often it was said and right
 * @param falsePositives how often it was said and wrong
 * @param falseNegatives how often it was right and not said
 * @param trueNegatives how often it was neither
 */
public record Outcomes(
    long truePositives, long falsePositives, long falseNegatives, long trueNegatives) {
  static final Outcomes NONE = new Outcomes(0, 0, 0, 0);

  /** Both together. */
  public Outcomes plus(Outcomes other) {
    return new Outcomes(
        truePositives + other.truePositives,
        falsePositives + other.falsePositives,
        falseNegatives + other.falseNegatives,
        trueNegatives + other.trueNegatives);
  }

  /** How many there are. */
  public long count() {
    return truePositives + falsePositives + falseNegatives + trueNegatives;
  }

  /** How often the class was right, said or not: {@code tp + fn}. */
  public long occurrences() {
    return truePositives + falseNegatives;
  }

  /** The part of what was said that is right, {@code tp / (tp + fp)}; 0 where nothing was said. */
  public double precision() {
    return share(truePositives, truePositives + falsePositives);
  }

  /** The part of what is right that was said, {@code tp / (tp + fn)}; 0 where nothing is. */
  public double recall() {
    return share(truePositives, occurrences());
  }

  /** Their harmonic mean, {@code 2 tp / (2 tp + fp + fn)}; 0 where the class never occurs. */
  public double f1() {
    return share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
  }

  /** The part that is right, {@code (tp + tn) / count}; NaN if there are none. */
  public double accuracy() {
    return (double) (truePositives + trueNegatives) / count();
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
