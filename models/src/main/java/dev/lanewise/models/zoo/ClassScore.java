package dev.lanewise.models.zoo;

import java.util.Arrays;
import java.util.List;

/**
 * How good and how varied made pictures are, by what a classifier says of them: {@code exp(mean
 * over pictures of KL(p(class | picture) || p(class)))} (Salimans et al. 2016, with their Inception
 * network replaced by one that knows the pictures' own classes). Between 1 and the number of
 * classes.
 *
 * @param score the score
 * @param shares the part of the pictures that falls to each class
 */
public record ClassScore(double score, List<Double> shares) {
  /** The score of pictures from the classifier's probabilities, a row each. */
  public static ClassScore of(float[][] probabilities) {
    int classes = probabilities[0].length;
    double[] marginal = new double[classes];
    double[] shares = new double[classes];
    for (float[] row : probabilities) {
      int best = 0;
      for (int c = 0; c < classes; c++) {
        marginal[c] += row[c] / (double) probabilities.length;
        best = row[c] > row[best] ? c : best;
      }
      shares[best] += 1.0 / probabilities.length;
    }
    double divergence = 0;
    for (float[] row : probabilities) {
      for (int c = 0; c < classes; c++) {
        if (row[c] > 0) {
          divergence += row[c] * Math.log(row[c] / marginal[c]);
        }
      }
    }
    return new ClassScore(
        Math.exp(divergence / probabilities.length), Arrays.stream(shares).boxed().toList());
  }
}
