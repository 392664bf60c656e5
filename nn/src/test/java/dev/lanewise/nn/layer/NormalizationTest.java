package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void anEmbeddingIsARowOfItsTable() {
    Embedding embedding =
        Embedding.of(3, 2).embeddings((target, _) -> target.copyFrom(0f, 1, 10, 11, 20, 21));
    Tensor ids = scope.tensor(Shape.of(2, 2), 2, 0, 1, 2);
    Tensor y = Built.call(embedding, ids);
    assertEquals(Shape.of(2, 2, 2), y.shape());
    assertArrayEquals(new float[] {20, 21, 0, 1, 10, 11, 20, 21}, y.toFloats());
    Tensor wide = scope.tensor(Shape.of(1, 1), 1L);
    assertArrayEquals(new float[] {10, 11}, Built.call(embedding, wide).toFloats());
  }

  /** Rows that are named twice get the sum, rows that are not named nothing. */
  @Test
  void theGradientOfAnEmbeddingGoesToItsRows() {
    Weights weights = Weights.random(scope, DType.F32, 1);
    Block block = Embedding.of(3, 2).build(weights, Shape.of(3));
    Tensor y = block.call(scope.tensor(Shape.of(1, 3), 2, 0, 2), Pass.inference());
    Tensor factors = scope.tensor(Shape.of(1, 3, 2), 1f, 2, 3, 4, 50, 60);
    Parameter table = weights.parameters().getFirst();
    assertArrayEquals(
        new float[] {3, 4, 0, 0, 51, 62},
        Gradients.of(y.mul(factors).sum()).get(table.tensor()).toFloats());
  }

  @Test
  void anEmbeddingNamesANumberOutsideItsVocabulary() {
    Tensor ids = scope.tensor(Shape.of(1, 2), 1, 3);
    assertEquals(
        "gather: index 3 at [0, 1] is not in [-3, 3): f32 [3, 2] x i32 [1, 2]",
        Built.error(() -> Built.call(Embedding.of(3, 2), ids)));
    assertEquals(
        "gather: i32 or i64 expected for operand 1, not f32: [3, 2] x [1, 2]",
        Built.error(() -> Built.call(Embedding.of(3, 2), scope.zeros(DType.F32, Shape.of(1, 2)))));
    assertEquals(
        "embedding: a vocabulary and vectors of at least one, not 0 and 2",
        Built.error(() -> Embedding.of(0, 2)));
  }

  @Test
  void aLayerIsNormalisedOverItsLastAxes() {
    Tensor x = scope.tensor(Shape.of(1, 2, 2), 1f, 3, -2, 6);
    assertArrayEquals(
        new float[] {-1, 1, -1, 1},
        Built.call(LayerNormalization.of().epsilon(1e-9), x).toFloats(),
        1e-6f);
    // Mean 2, variance (1 + 1 + 16 + 16) / 4.
    float root = (float) Math.sqrt(8.5 + 1e-3);
    assertArrayEquals(
        new float[] {-1 / root, 1 / root, -4 / root, 4 / root},
        Built.call(LayerNormalization.of().axes(2), x).toFloats(),
        1e-6f);
    assertEquals(
        "layerNormalization: at least 3 axes expected: input [2, 2]",
        Built.error(LayerNormalization.of().axes(3), Shape.of(2, 2)));
    assertEquals(
        "layerNormalization: at least one axis and a positive epsilon, not 0 and 0.001",
        Built.error(() -> LayerNormalization.of().axes(0)));
  }

  @Test
  void aRootMeanSquareBecomesOne() {
    Tensor x = scope.tensor(Shape.of(2, 2), 1f, 7, 0, 0);
    assertArrayEquals(
        new float[] {0.2f, 1.4f, 0, 0}, Built.call(RMSNormalization.of(), x).toFloats(), 1e-6f);
    assertEquals(
        "rmsNormalization: at least 1 axis expected: input []",
        Built.error(RMSNormalization.of(), Shape.scalar()));
    assertEquals(
        "rmsNormalization: at least one axis and a positive epsilon, not 1 and 0.0",
        Built.error(() -> RMSNormalization.of().epsilon(0)));
  }

  @Test
  void groupsAreNormalisedOverPlacesAndTheirChannels() {
    // Two places of four channels; the groups are {1, 3, 5, 7} and {0, 0, 4, 4}.
    Tensor x = scope.tensor(Shape.of(1, 2, 4), 1f, 3, 0, 0, 5, 7, 4, 4);
    float root = (float) Math.sqrt(5 + 1e-3);
    float other = (float) (2 / Math.sqrt(4 + 1e-3));
    assertArrayEquals(
        new float[] {-3 / root, -1 / root, -other, -other, 1 / root, 3 / root, other, other},
        Built.call(GroupNormalization.of(2), x).toFloats(),
        1e-6f);
    assertEquals(
        "groupNormalization: 3 groups do not divide the channels: input [2, 4]",
        Built.error(GroupNormalization.of(3), Shape.of(2, 4)));
    assertEquals(
        "groupNormalization: at least one group, or -1, and a positive epsilon, not 0 and 0.001",
        Built.error(() -> GroupNormalization.of(0)));
    assertEquals(
        "groupNormalization: at least one axis expected: input []",
        Built.error(GroupNormalization.of(), Shape.scalar()));
  }

  @Test
  void oneGroupIsALayerAndAsManyAsChannelsAreInstances() {
    Tensor x = scope.normal(Shape.of(3, 5, 4));
    assertArrayEquals(
        Built.call(LayerNormalization.of().axes(2), x).toFloats(),
        Built.call(GroupNormalization.of(1), x).toFloats(),
        1e-5f);
    assertArrayEquals(
        Built.call(GroupNormalization.of(4), x).toFloats(),
        Built.call(GroupNormalization.of(-1), x).toFloats());
  }

  @Test
  void policiesOfATableReachIt() {
    Weights weights = Weights.random(scope, DType.F32, 1);
    Embedding.of(2, 2)
        .embeddings(Initializer.ONES)
        .embeddingsRegularizer(weight -> weight.sum())
        .embeddingsConstraint(weight -> weight.mul(2))
        .build(weights, Shape.of(1));
    Parameter table = weights.parameters().getFirst();
    assertEquals(4, table.penalty(scope).orElseThrow().value());
    table.constrain();
    assertArrayEquals(new float[] {2, 2, 2, 2}, table.tensor().toFloats());
    assertThrows(NullPointerException.class, () -> Embedding.of(2, 2).embeddings(null));
  }
}
