package dev.lanewise.nn.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.layer.Conv1D;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Conv2DTranspose;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.DepthwiseConv2D;
import dev.lanewise.nn.layer.Embedding;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.MultiHeadAttention;
import dev.lanewise.nn.layer.PReLU;
import dev.lanewise.nn.layer.SeparableConv2D;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.GradCheck;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WeightPolicyTest {
  private final Scope scope = Scope.open("test");
  private final Weights weights = Weights.random(scope, DType.F32, 1);

  @AfterEach
  void close() {
    scope.close();
  }

  private Parameter parameter(WeightPolicy policy, Shape shape, float... values) {
    Initializer made = (target, _) -> target.copyFrom(values);
    return weights.weight("w", shape, policy.initializer(made));
  }

  private static WeightPolicy free() {
    return WeightPolicy.of(Initializer.ZEROS);
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void regularizersPriceMagnitudesAndSquares() {
    Tensor w = scope.tensor(Shape.of(2, 2), 1f, -2, 0, 3);
    assertEquals(0.6, L1.of(0.1).penalty(w).value(), 1e-6);
    assertEquals(1.4, L2.of(0.1).penalty(w).value(), 1e-6);
    assertEquals(6 + 28, L1L2.of(1, 2).penalty(w).value(), 1e-6);
    assertEquals("l2: a factor of 0 or more, not -1.0", error(() -> L2.of(-1)));
    assertEquals("l1: a factor of 0 or more, not NaN", error(() -> L1.of(Double.NaN)));
    assertEquals("l1L2: a factor of 0 or more, not Infinity", error(() -> L1L2.of(0, 1 / 0.0)));
  }

  @Test
  void penaltiesHaveGradients() {
    Tensor w = scope.tensor(Shape.of(4), 1.0, -2, 0.5, 3).tracked();
    for (Regularizer regularizer : List.of(L1.of(0.3), L2.of(0.3), L1L2.of(0.1, 0.2))) {
      GradCheck.of(given -> regularizer.penalty(given[0])).check(w);
    }
  }

  /** What a training step adds to its loss. */
  @Test
  void aPenalizedLossPullsAtTheWeights() {
    Parameter priced = parameter(free().regularizer(L2.of(0.5)), Shape.of(2), 3, -4);
    Parameter unpriced = weights.weight("v", Shape.of(2), Initializer.ONES);
    try (Scope step = scope.child("step")) {
      Tensor loss = priced.tensor().in(step).sum().add(unpriced.tensor().in(step).sum());
      Tensor all = Parameter.penalized(loss, weights.parameters());
      assertSame(step, all.scope());
      assertEquals(-1 + 2 + 12.5, all.value());
      Gradients gradients = Gradients.of(all);
      assertArrayEquals(new float[] {4, -3}, gradients.get(priced.tensor()).toFloats());
      assertArrayEquals(new float[] {1, 1}, gradients.get(unpriced.tensor()).toFloats());
    }
    assertEquals(L2.of(0.5), priced.regularizer().orElseThrow());
    assertTrue(unpriced.penalty(scope).isEmpty());
    priced.freeze(true);
    assertTrue(priced.penalty(scope).isEmpty(), "a frozen weight costs nothing");
    priced.freeze(false);
    assertTrue(priced.regularized(null).penalty(scope).isEmpty());
  }

  @Test
  void maxNormShrinksTheUnitsThatAreTooLong() {
    Parameter w =
        parameter(free().constraint(MaxNorm.of(2)), Shape.of(2, 3), 3, 0.6f, 0, 4, 0.8f, 0);
    long changes = w.changes();
    w.constrain();
    assertArrayEquals(new float[] {1.2f, 0.6f, 0, 1.6f, 0.8f, 0}, w.tensor().toFloats(), 1e-5f);
    assertTrue(w.changes() > changes, "what was compiled is made anew");
    Tensor rows = scope.tensor(Shape.of(2, 2), 3f, 4, 0, 1);
    assertArrayEquals(
        new float[] {0.6f, 0.8f, 0, 1}, MaxNorm.of(1, 1).apply(rows).toFloats(), 1e-5f);
    assertEquals("maxNorm: a positive norm expected, not 0.0", error(() -> MaxNorm.of(0)));
    assertEquals("maxNorm: at least one axis expected", error(() -> MaxNorm.of(1, new int[0])));
  }

  @Test
  void unitNormScalesBothWays() {
    Tensor w = scope.tensor(Shape.of(2, 2), 3f, 0.3f, 4, 0.4f);
    assertArrayEquals(
        new float[] {0.6f, 0.6f, 0.8f, 0.8f}, UnitNorm.of().apply(w).toFloats(), 1e-5f);
    assertEquals(1, UnitNorm.of(0, 1).apply(w).square().sum().value(), 1e-5);
    assertEquals("unitNorm: at least one axis expected", error(() -> UnitNorm.of(new int[0])));
  }

  @Test
  void nonNegativeCutsOff() {
    Parameter w = parameter(free().constraint(NonNegative.of()), Shape.of(3), -1, 0, 2);
    w.constrain();
    assertArrayEquals(new float[] {0, 0, 2}, w.tensor().toFloats());
    assertEquals(NonNegative.of(), w.constraint().orElseThrow());
    w.constrained(null).tensor().fill(-1);
    w.constrain();
    assertArrayEquals(new float[] {-1, -1, -1}, w.tensor().toFloats());
  }

  /** Every layer hands on what it was told, weight by weight. */
  @Test
  void layersPriceAndHoldTheWeightsTheySay() {
    Regularizer a = L1.of(1);
    Regularizer b = L2.of(2);
    Constraint c = NonNegative.of();
    Constraint d = UnitNorm.of();
    Shape image = Shape.of(4, 4, 2);
    Shape sequence = Shape.of(4, 2);
    check(
        Dense.of(2).kernelRegularizer(a).biasConstraint(c),
        sequence,
        "kernel a null",
        "bias null c");
    check(
        Dense.of(2).biasRegularizer(b).kernelConstraint(d),
        sequence,
        "kernel null d",
        "bias b null");
    check(
        Conv2D.of(2, 3).kernelRegularizer(a).biasConstraint(c),
        image,
        "kernel a null",
        "bias null c");
    check(
        Conv2D.of(2, 3).biasRegularizer(b).kernelConstraint(d),
        image,
        "kernel null d",
        "bias b null");
    check(
        Conv2DTranspose.of(2, 3).kernelRegularizer(a).biasConstraint(c),
        image,
        "kernel a null",
        "bias null c");
    check(
        Conv2DTranspose.of(2, 3).biasRegularizer(b).kernelConstraint(d),
        image,
        "kernel null d",
        "bias b null");
    check(
        Conv1D.of(2, 3).kernelRegularizer(a).biasConstraint(c),
        sequence,
        "kernel a null",
        "bias null c");
    check(
        Conv1D.of(2, 3).biasRegularizer(b).kernelConstraint(d),
        sequence,
        "kernel null d",
        "bias b null");
    check(
        DepthwiseConv2D.of(3).kernelRegularizer(a).biasConstraint(c),
        image,
        "kernel a null",
        "bias null c");
    check(
        DepthwiseConv2D.of(3).biasRegularizer(b).kernelConstraint(d),
        image,
        "kernel null d",
        "bias b null");
    check(
        SeparableConv2D.of(2, 3).depthwiseRegularizer(a).pointwiseConstraint(c).biasRegularizer(b),
        image,
        "depthwise_kernel a null",
        "pointwise_kernel null c",
        "bias b null");
    check(
        SeparableConv2D.of(2, 3).pointwiseRegularizer(a).depthwiseConstraint(d).biasConstraint(c),
        image,
        "depthwise_kernel null d",
        "pointwise_kernel a null",
        "bias null c");
    check(
        MultiHeadAttention.of(1, 2).kernelRegularizer(a).biasConstraint(c),
        sequence,
        "query.kernel a null",
        "query.bias null c",
        "key.kernel a null",
        "key.bias null c",
        "value.kernel a null",
        "value.bias null c",
        "attention_output.kernel a null",
        "attention_output.bias null c");
    check(
        MultiHeadAttention.of(1, 2).kernelConstraint(d).biasRegularizer(b),
        sequence,
        "query.kernel null d",
        "query.bias b null",
        "key.kernel null d",
        "key.bias b null",
        "value.kernel null d",
        "value.bias b null",
        "attention_output.kernel null d",
        "attention_output.bias b null");
    check(PReLU.of().alphaRegularizer(a).alphaConstraint(c), sequence, "alpha a c");
    check(
        Embedding.of(2, 2).embeddingsRegularizer(b).embeddingsConstraint(d),
        sequence,
        "embeddings b d");
  }

  private void check(Layer layer, Shape input, String... expected) {
    Weights own = Weights.random(scope, DType.F32, 1);
    layer.build(own, input);
    List<String> found =
        own.parameters().stream()
            .map(
                w ->
                    w.name()
                        + " "
                        + letter(w.regularizer().orElse(null))
                        + " "
                        + letter(w.constraint().orElse(null)))
            .toList();
    assertEquals(List.of(expected), found, layer.type());
  }

  private static String letter(Object policy) {
    return switch (policy) {
      case null -> "null";
      case L1 _ -> "a";
      case L2 _ -> "b";
      case NonNegative _ -> "c";
      case UnitNorm _ -> "d";
      default -> policy.toString();
    };
  }
}
