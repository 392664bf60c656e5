package dev.lanewise.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassScoreTest {
  @Test
  void sureAndVariedIsTheNumberOfClasses() {
    ClassScore best = ClassScore.of(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    assertEquals(3, best.score(), 1e-9);
    best.shares().forEach(share -> assertEquals(1 / 3.0, share, 1e-9));
  }

  @Test
  void unsureOrAllOfOneClassIsOne() {
    assertEquals(1, ClassScore.of(new float[][] {{0.5f, 0.5f}, {0.5f, 0.5f}}).score(), 1e-9);
    ClassScore one = ClassScore.of(new float[][] {{0, 1}, {0, 1}});
    assertEquals(1, one.score(), 1e-9);
    assertEquals(List.of(0.0, 1.0), one.shares());
  }

  /** exp of the mean divergence of (0.8, 0.2) and (0.2, 0.8) from (0.5, 0.5). */
  @Test
  void inBetweenFollowsTheFormula() {
    double expected = Math.exp(0.8 * Math.log(1.6) + 0.2 * Math.log(0.4));
    ClassScore score = ClassScore.of(new float[][] {{0.8f, 0.2f}, {0.2f, 0.8f}});
    assertEquals(expected, score.score(), 1e-6);
  }
}
