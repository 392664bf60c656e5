package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.op.Split;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class AnomalyTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private final Scope scope = Scope.open("test").detectAnomaly(true);

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor vector(float... values) {
    return scope.tensor(Shape.of(values.length), values);
  }

  private static void finds(String message, Executable call) {
    assertEquals(message, assertThrows(AnomalyException.class, call).getMessage());
  }

  @Test
  void namesTheOperatorThatMakesTheFirstNaN() {
    Tensor x = vector(-1, 2, 0.5f);
    finds(
        "log: the output has 1 NaN of 3 values: [3] (min -1, max 2, mean 0.5, 0 NaN, 0 infinite)",
        () -> x.add(0).log().sum());
  }

  @Test
  void namesTheOperatorThatMakesTheFirstInfinity() {
    Tensor x = vector(1, 2);
    finds(
        "div: the output has 1 infinite of 2 values: [2] (min 1, max 2, mean 1.5, 0 NaN, 0"
            + " infinite) x [2] (min 0, max 4, mean 2, 0 NaN, 0 infinite)",
        () -> x.div(vector(0, 4)));
  }

  @Test
  void countsBothKindsAndSaysWhereNothingIsFinite() {
    finds(
        "mul: the output has 1 NaN and 1 infinite of 2 values: [2] (min none, max none, mean none,"
            + " 0 NaN, 2 infinite) x [2] (min 0, max 1, mean 0.5, 0 NaN, 0 infinite)",
        () -> vector(INFINITY, -INFINITY).mul(vector(0, 1)));
  }

  @Test
  void namesTheOutputOfSeveral() {
    String said =
        assertThrows(AnomalyException.class, () -> Split.of(0, 1, 1).applyAll(vector(1, Float.NaN)))
            .getMessage();
    assertTrue(said.startsWith("split: output 1 has 1 NaN of 1 values: [2] (min 1,"), said);
  }

  @Test
  void infinitiesOfMasksMayPassUntilTheyBecomeNaN() {
    Tensor mask = vector(0, -INFINITY);
    assertArrayEquals(new float[] {1, 0}, vector(3, 4).add(mask).softmax(0).toFloats());
    Tensor all = vector(-INFINITY, -INFINITY);
    String said =
        assertThrows(AnomalyException.class, () -> vector(3, 4).add(all).softmax(0)).getMessage();
    assertTrue(said.startsWith("softmax: the output has 2 NaN of 2 values"), said);
  }

  /** Forward all is finite; the slope of a root at zero is not. */
  @Test
  void namesTheOperatorWhoseGradientIsInfinite() {
    Tensor x = vector(0, 4).tracked();
    scope.anomalyWatch().enter("root");
    Tensor root = x.sqrt();
    scope.anomalyWatch().enter(null);
    Tensor loss = root.sum();
    finds(
        "sqrt: the gradient of input 0 has 1 infinite of 2 values in layer 'root': [2] (min 0, max"
            + " 4, mean 2, 0 NaN, 0 infinite), gradients [2] (min 1, max 1, mean 1, 0 NaN, 0"
            + " infinite)",
        () -> Gradients.of(loss));
    assertNull(scope.anomalyWatch().enter(null), "the layer after an error");
    finds(
        "sqrt: the gradient of input 0 has 1 infinite of 2 values in layer 'root': [2] (min 0, max"
            + " 4, mean 2, 0 NaN, 0 infinite), gradients [2] (min 1, max 1, mean 1, 0 NaN, 0"
            + " infinite)",
        () -> Gradients.tracked(loss));
  }

  @Test
  void namesTheOperatorWhoseGradientIsNaN() {
    Tensor x = vector(0).tracked();
    Tensor loss = x.sqrt().mul(0).sum();
    finds(
        "sqrt: the gradient of input 0 has 1 NaN of 1 values: [1] (min 0, max 0, mean 0, 0 NaN, 0"
            + " infinite), gradients [1] (min 0, max 0, mean 0, 0 NaN, 0 infinite)",
        () -> Gradients.of(loss));
  }

  @Test
  void aLayerIsNamedWhileItIsEntered() {
    AnomalyWatch watch = scope.anomalyWatch();
    assertNull(watch.enter("encoder.dense"));
    String said = assertThrows(AnomalyException.class, () -> vector(-1).log()).getMessage();
    assertTrue(said.startsWith("log: the output has 1 NaN of 1 values in layer 'encoder.dense': "));
    assertEquals("encoder.dense", watch.enter(null));
  }

  @Test
  void isInheritedByScopesOpenedLater() {
    try (Scope child = scope.child("step")) {
      assertSame(scope.anomalyWatch(), child.anomalyWatch());
      assertThrows(AnomalyException.class, () -> vector(-1).in(child).sqrt());
      child.detectAnomaly(false);
      assertTrue(Double.isNaN(vector(-1).in(child).sqrt().value()));
    }
  }

  /** Off there is nothing that could look. */
  @Test
  void offIsOff() {
    AnomalyWatch watch = scope.anomalyWatch();
    vector(1).sqrt();
    long checks = watch.checks();
    assertEquals(1, checks);
    scope.detectAnomaly(false);
    assertNull(scope.anomalyWatch());
    Tensor x = vector(-1, 0).tracked();
    Gradients gradients = Gradients.of(x.sqrt().sum());
    assertTrue(Float.isNaN(gradients.get(x).toFloats()[0]));
    assertEquals(checks, watch.checks());
    try (Scope fresh = Scope.open("fresh")) {
      assertNull(fresh.anomalyWatch());
    }
  }

  /** Row-major, in another order of axes, with gaps; f32 and f64; in each place. */
  @Test
  void anyLayoutIsLookedAt() {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      for (double odd : new double[] {Double.NaN, INFINITY, -INFINITY, -Double.MAX_VALUE}) {
        boolean isFinite = dtype.equals(DType.F64) && odd == -Double.MAX_VALUE;
        for (int place = 0; place < 12; place++) {
          Tensor x = scope.full(dtype, Shape.of(4, 3), -1);
          assertTrue(Statistics.isFinite(x));
          x.set(odd, place / 3, place % 3);
          assertEquals(isFinite, Statistics.isFinite(x), x::toString);
          assertEquals(isFinite, Statistics.isFinite(x.permute(1, 0)), x::toString);
          boolean isInside = place % 3 < 2;
          assertEquals(isFinite || !isInside, Statistics.isFinite(x.slice(1, 0, 2)), x::toString);
        }
      }
    }
    assertTrue(Statistics.isFinite(scope.tensor(Shape.of(2), -1, Integer.MAX_VALUE)));
  }

  @Test
  void statisticsAreThoseOfTheFiniteValues() {
    Tensor x = scope.tensor(Shape.of(2, 3), 3.0, -4, Double.NaN, INFINITY, -INFINITY, 0);
    Statistics found = Statistics.of(x.permute(1, 0));
    assertEquals(
        new Statistics(Shape.of(3, 2), -4, 3, -1.0 / 3, 5, 1, 2), found, "of a view: " + found);
    assertEquals(4, found.magnitude());
    assertFalse(found.isFinite());
    assertEquals("[3, 2] (min -4, max 3, mean -0.3333, 1 NaN, 2 infinite)", found.toString());
    assertEquals(2, Statistics.of(scope.tensor(Shape.of(2), 1, 3)).mean());
    assertTrue(Double.isNaN(Statistics.of(vector()).mean()));
  }
}
