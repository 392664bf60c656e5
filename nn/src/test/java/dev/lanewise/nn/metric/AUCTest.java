package dev.lanewise.nn.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The area of several classes, against pairs counted by hand. */
class AUCTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private static double value(Metric metric, Tensor labels, Tensor said) {
    Metric.Tally tally = metric.tally();
    tally.add(labels, said);
    return tally.value();
  }

  @Test
  void eachClassAgainstTheRest() {
    Tensor said = scope.tensor(Shape.of(4, 3), .6, .3, .1, .3, .4, .3, .2, .5, .3, .1, .8, .1);
    Tensor[] kinds = {
      scope.tensor(Shape.of(4), 0, 1, 2, 1),
      scope.tensor(Shape.of(4, 1), 0L, 1L, 2L, 1L),
      scope.tensor(Shape.of(4, 3), 1f, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0),
    };
    for (Tensor labels : kinds) {
      // Class 0: 3 of 3 pairs. Class 1: 3 of 4. Class 2: 2 of 3 and a tie.
      assertEquals(1, value(AUC.of().ofClass(0), labels, said));
      assertEquals(3 / 4.0, value(AUC.of().ofClass(1), labels, said));
      assertEquals(5 / 6.0, value(AUC.of().ofClass(2), labels, said), 1e-15);
      assertEquals(31 / 36.0, value(AUC.of(), labels, said), 1e-15);
      assertEquals(
          (1 * 1 + 2 * 0.75 + 1 * 5 / 6.0) / 4,
          value(AUC.of().average(Average.WEIGHTED), labels, said),
          1e-15);
      // 0.6 and 0.8 are above all 8, 0.4 above 7, 0.3 above 4 and ties with 3.
      assertEquals(28.5 / 32, value(AUC.of().average(Average.MICRO), labels, said), 1e-15);
    }
  }

  @Test
  void severalLabelsPerSample() {
    Tensor labels = scope.tensor(Shape.of(3, 2), 1, 1, 0, 1, 1, 0);
    Tensor said = scope.tensor(Shape.of(3, 2), .9f, .2f, .5f, .6f, .4f, .2f);
    assertEquals(1 / 2.0, value(AUC.of().ofClass(0), labels, said));
    assertEquals(3 / 4.0, value(AUC.of().ofClass(1), labels, said));
    assertEquals(5 / 8.0, value(AUC.of(), labels, said));
    assertEquals(5 / 8.0, value(AUC.of().average(Average.WEIGHTED), labels, said));
    // 0.9 and 0.6 are above both, 0.4 above one, 0.2 ties with one.
    assertEquals(5.5 / 8, value(AUC.of().average(Average.MICRO), labels, said));
    Tensor steps = scope.tensor(Shape.of(1, 3, 2), .9f, .2f, .5f, .6f, .4f, .2f);
    assertEquals(5 / 8.0, value(AUC.of(), labels.reshape(1, 3, 2), steps));
  }

  @Test
  void yesAndNoHaveOneArea() {
    Tensor labels = scope.tensor(Shape.of(3), 1, 0, 1);
    Tensor said = scope.tensor(Shape.of(3, 1), .9f, .5f, .4f);
    for (Average average : Average.values()) {
      assertEquals(0.5, value(AUC.of().average(average), labels, said));
    }
    assertEquals(0.5, value(AUC.of().ofClass(0), labels, said));
    assertEquals(0.5, value(AUC.of().ofClass(1), labels, said));
  }

  @Test
  void classesWithoutAnAreaAreLeftOut() {
    // The first class is nobody's, the second everybody's, the third has an area.
    Tensor labels = scope.tensor(Shape.of(3, 3), 0, 1, 1, 0, 1, 0, 0, 1, 0);
    Tensor said = scope.tensor(Shape.of(3, 3), .1f, .9f, .5f, .2f, .8f, .4f, .3f, .7f, .45f);
    assertEquals(1, value(AUC.of(), labels, said));
    assertEquals(1, value(AUC.of().average(Average.WEIGHTED), labels, said));
    assertTrue(Double.isNaN(value(AUC.of().ofClass(0), labels, said)));
    assertTrue(Double.isNaN(value(AUC.of().ofClass(1), labels, said)));
    Tensor alike = scope.tensor(Shape.of(3), 2, 2, 2);
    assertTrue(Double.isNaN(value(AUC.of(), alike, said)));
    assertTrue(Double.isNaN(value(AUC.of().average(Average.WEIGHTED), alike, said)));
    Metric.Tally tally = AUC.of().tally();
    tally.add(alike, said);
    tally.add(labels, said);
    // The second: the same scores of yes and no. The third: yes 0.5 twice, 0.4 and 0.45, no 0.4 and
    // 0.45.
    assertEquals((4.5 / 9 + 6 / 8.0) / 2, tally.value(), 1e-15);
    tally.reset();
    assertTrue(Double.isNaN(tally.value()));
    tally.add(labels, said);
    assertEquals(1, tally.value());
  }

  @Test
  void aScoreThatIsNoNumberIsNotLeftOut() {
    Tensor labels = scope.tensor(Shape.of(2), 0, 1);
    Tensor said = scope.tensor(Shape.of(2, 2), .9, Double.NaN, .1, .9);
    assertTrue(Double.isNaN(value(AUC.of(), labels, said)));
    assertEquals(1, value(AUC.of().ofClass(0), labels, said));
  }

  @Test
  void averagesHaveNamesOfTheirOwn() {
    assertEquals("auc", AUC.of().name());
    assertEquals("auc_weighted", AUC.of().average(Average.WEIGHTED).name());
    assertEquals("auc_micro", AUC.of().ofClass(1).average(Average.MICRO).name());
    assertEquals("auc_1", AUC.of().ofClass(1).name());
  }

  @Test
  void badInputIsRefused() {
    Tensor said = scope.tensor(Shape.of(2, 3), .1f, .2f, .3f, .4f, .5f, .6f);
    assertEquals(
        "auc: labels do not fit: labels i32 [3] x prediction [2, 3]",
        error(AUC.of(), scope.tensor(Shape.of(3), 0, 1, 2), said));
    assertEquals(
        "auc: labels do not fit: labels f32 [2] x prediction [2, 3]",
        error(AUC.of(), scope.tensor(Shape.of(2), 0f, 1f), said));
    assertEquals(
        "auc: label 3 in place 1 is none of 3 classes: labels i32 [2] x prediction [2, 3]",
        error(AUC.of(), scope.tensor(Shape.of(2), 0, 3), said));
    assertEquals(
        "auc_micro: label 0.9 in place [0, 1] is neither 0 nor 1: labels f64 [2, 3] x prediction"
            + " [2, 3]",
        error(
            AUC.of().average(Average.MICRO),
            scope.tensor(Shape.of(2, 3), 0, .9, 0, 1, 0, 0.0),
            said));
    assertEquals(
        "auc_3: class 3 is none of 3 classes: labels i32 [2] x prediction [2, 3]",
        error(AUC.of().ofClass(3), scope.tensor(Shape.of(2), 0, 2), said));
    assertEquals(
        "auc: a class from 0 up expected, not -1",
        assertThrows(IllegalArgumentException.class, () -> AUC.of().ofClass(-1)).getMessage());
    Metric.Tally tally = AUC.of().tally();
    tally.add(scope.tensor(Shape.of(2), 0, 2), said);
    Tensor narrow = scope.tensor(Shape.of(2, 2), .1f, .2f, .3f, .4f);
    assertEquals(
        "auc: 3 classes expected: labels i32 [2] x prediction [2, 2]",
        assertThrows(
                IllegalArgumentException.class,
                () -> tally.add(scope.tensor(Shape.of(2), 0, 1), narrow))
            .getMessage());
  }

  private static String error(Metric metric, Tensor labels, Tensor said) {
    return assertThrows(IllegalArgumentException.class, () -> metric.tally().add(labels, said))
        .getMessage();
  }
}
