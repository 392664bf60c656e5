package dev.lanewise.nn.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccuracyTest {
  private final Scope scope = Scope.open("test");
  private final Metric.Tally tally = Accuracy.of().tally();

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void classesAsNumbers() {
    Tensor said = scope.tensor(Shape.of(3, 3), .1f, .2f, .7f, .8f, .1f, .1f, .3f, .4f, .3f);
    tally.add(scope.tensor(Shape.of(3), 2, 1, 1), said);
    assertEquals(2.0 / 3, tally.value());
    tally.add(scope.tensor(Shape.of(3, 1), 2L, 0L, 1L), said);
    assertEquals(5.0 / 6, tally.value());
    tally.reset();
    assertTrue(Double.isNaN(tally.value()));
  }

  @Test
  void classesOneHot() {
    Tensor said = scope.tensor(Shape.of(2, 2), .1, .9, .8, .2);
    tally.add(scope.tensor(Shape.of(2, 2), 0f, 1f, 0f, 1f), said);
    assertEquals(0.5, tally.value());
  }

  @Test
  void yesOrNo() {
    Tensor said = scope.tensor(Shape.of(4, 1), .1f, .9f, .6f, .5f);
    tally.add(scope.tensor(Shape.of(4), 0, 1, 0, 0), said);
    tally.add(scope.tensor(Shape.of(4, 1), 0f, 1f, 1f, 0f), said);
    assertEquals(7.0 / 8, tally.value());
    Metric.Tally ofLogits = Accuracy.of().threshold(0).tally();
    ofLogits.add(scope.tensor(Shape.of(2), true, false), scope.tensor(Shape.of(2), .1f, -.1f));
    assertEquals(1, ofLogits.value());
  }

  @Test
  void stepsOfASequenceCountEach() {
    Tensor said = scope.tensor(Shape.of(1, 2, 2), .1f, .9f, .8f, .2f);
    tally.add(scope.tensor(Shape.of(1, 2), 1, 1), said);
    assertEquals(0.5, tally.value());
  }

  @Test
  void labelsThatDoNotFitAreRefused() {
    Tensor said = scope.tensor(Shape.of(2, 2), .1f, .9f, .8f, .2f);
    assertEquals(
        "accuracy: labels do not fit: labels i32 [3] x prediction [2, 2]",
        assertThrows(
                IllegalArgumentException.class,
                () -> tally.add(scope.tensor(Shape.of(3), 1, 1, 1), said))
            .getMessage());
  }
}
