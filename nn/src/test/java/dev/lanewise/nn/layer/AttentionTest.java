package dev.lanewise.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttentionTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor normal(long... extents) {
    return scope.normal(Shape.of(extents));
  }

  /** Sums over explicit indices, as the paper writes them, of one sample. */
  private static double[] attention(
      double[][] weights, double[][] x, int[] extents, int heads, int keyDim, int valueDim) {
    int t = extents[0];
    int s = extents[1];
    int d = x[0].length / t;
    int e = x[1].length / s;
    int f = x[2].length / s;
    double[] out = new double[t * d];
    for (int h = 0; h < heads; h++) {
      double[][] q = projected(x[0], t, d, weights[0], weights[1], heads, keyDim, h);
      double[][] k = projected(x[2], s, f, weights[2], weights[3], heads, keyDim, h);
      double[][] v = projected(x[1], s, e, weights[4], weights[5], heads, valueDim, h);
      for (int i = 0; i < t; i++) {
        double[] scores = new double[s];
        double sum = 0;
        for (int j = 0; j < s; j++) {
          for (int c = 0; c < keyDim; c++) {
            scores[j] += q[i][c] * k[j][c] / Math.sqrt(keyDim);
          }
          scores[j] = Math.exp(scores[j]);
          sum += scores[j];
        }
        for (int o = 0; o < d; o++) {
          out[i * d + o] += h == 0 ? weights[7][o] : 0;
          for (int j = 0; j < s; j++) {
            for (int c = 0; c < valueDim; c++) {
              out[i * d + o] += scores[j] / sum * v[j][c] * weights[6][(h * valueDim + c) * d + o];
            }
          }
        }
      }
    }
    return out;
  }

  private static double[][] projected(
      double[] x, int length, int in, double[] kernel, double[] bias, int heads, int each, int h) {
    double[][] out = new double[length][each];
    for (int i = 0; i < length; i++) {
      for (int c = 0; c < each; c++) {
        out[i][c] = bias[h * each + c];
        for (int p = 0; p < in; p++) {
          out[i][c] += x[i * in + p] * kernel[(p * heads + h) * each + c];
        }
      }
    }
    return out;
  }

  @Test
  void attentionIsWhatThePaperSays() {
    Weights weights = Weights.random(scope, DType.F64, 1);
    Block block =
        MultiHeadAttention.of(2, 3)
            .valueDim(5)
            .bias(Initializer.uniform(-1, 1))
            .build(weights, List.of(Shape.of(4, 6), Shape.of(7, 2), Shape.of(7, 3)));
    Tensor query = scope.normal(DType.F64, Shape.of(1, 4, 6));
    Tensor value = scope.normal(DType.F64, Shape.of(1, 7, 2));
    Tensor key = scope.normal(DType.F64, Shape.of(1, 7, 3));
    Tensor y = block.call(List.of(query, value, key), Pass.inference()).getFirst();
    double[][] w =
        weights.parameters().stream()
            .map(Parameter::tensor)
            .map(Tensor::toDoubles)
            .toArray(double[][]::new);
    double[][] x = {query.toDoubles(), value.toDoubles(), key.toDoubles()};
    assertArrayEquals(attention(w, x, new int[] {4, 7}, 2, 3, 5), y.toDoubles(), 1e-12);
  }

  @Test
  void aMissingKeyIsTheValueAndAMissingValueTheQuery() {
    MultiHeadAttention attention = MultiHeadAttention.of(2, 3);
    Tensor x = normal(2, 4, 6);
    Tensor other = normal(2, 5, 3);
    assertArrayEquals(
        Built.call(attention, x, x, x).toFloats(), Built.call(attention, x).toFloats());
    assertArrayEquals(
        Built.call(attention, x, other, other).toFloats(),
        Built.call(attention, x, other).toFloats());
  }

  @Test
  void causalAttentionDoesNotSeeWhatFollows() {
    Layer attention = MultiHeadAttention.of(2, 4).causal(true);
    Tensor x = normal(1, 5, 3);
    Tensor changed = x.copyTo(scope);
    for (int i = 0; i < 3; i++) {
      changed.set(7, 0, 3, i);
    }
    float[] before = Built.call(attention, x).toFloats();
    float[] after = Built.call(attention, changed).toFloats();
    assertArrayEquals(Arrays.copyOf(before, 9), Arrays.copyOf(after, 9));
    assertFalse(Arrays.equals(Arrays.copyOfRange(before, 9, 15), Arrays.copyOfRange(after, 9, 15)));
    // The first place sees itself only.
    float[] alone = Built.call(attention, x.slice(1, 0, 1)).toFloats();
    assertArrayEquals(alone, Arrays.copyOf(before, 3), 1e-6f);
  }

  @Test
  void aMaskHidesKeys() {
    MultiHeadAttention attention = MultiHeadAttention.of(2, 4);
    Tensor x = normal(2, 3, 5);
    Tensor two = x.slice(1, 0, 2);
    Tensor mask = scope.tensor(Shape.of(2, 3), true, true, false, true, true, false);
    float[] hidden = Built.call(attention.useMask(true), x, x, mask).toFloats();
    assertArrayEquals(Built.call(attention, x, two).toFloats(), hidden, 1e-6f);
    boolean[] all = new boolean[18];
    Arrays.fill(all, true);
    Tensor open = scope.tensor(Shape.of(2, 3, 3), all);
    assertArrayEquals(
        Built.call(attention, x).toFloats(),
        Built.call(attention.useMask(true), x, open).toFloats());
    Tensor closed = scope.tensor(Shape.of(2, 1, 3), new boolean[6]);
    for (float value : Built.call(attention.useMask(true), x, closed).toFloats()) {
      assertEquals(value, value, "nothing to see gives no NaN");
    }
  }

  @Test
  void attentionIsDroppedInTrainingOnly() {
    Layer attention = MultiHeadAttention.of(2, 4).dropout(0.5);
    Tensor x = normal(2, 6, 5);
    float[] plain = Built.call(MultiHeadAttention.of(2, 4), x).toFloats();
    assertArrayEquals(plain, Built.call(attention, x).toFloats());
    float[] dropped = Built.call(attention, Pass.training(new Philox(1, 1)), x).toFloats();
    assertFalse(Arrays.equals(plain, dropped));
    assertArrayEquals(
        dropped, Built.call(attention, Pass.training(new Philox(1, 1)), x).toFloats());
  }

  @Test
  void attentionChecksItsInputs() {
    MultiHeadAttention attention = MultiHeadAttention.of(2, 4);
    assertEquals(
        "multiHeadAttention: sequences [length, features] expected: input [5]",
        Built.error(attention, Shape.of(5)));
    assertEquals(
        "multiHeadAttention: as many values as keys expected: input [5, 2] x [4, 2] x [3, 2]",
        Built.error(attention, Shape.of(5, 2), Shape.of(4, 2), Shape.of(3, 2)));
    assertEquals(
        "multiHeadAttention: a query, a value, a key and a mask expected: input [5, 2]",
        Built.error(attention.useMask(true), Shape.of(5, 2)));
    assertEquals(
        "multiHeadAttention: a mask that broadcasts to [5, 5] expected: input [5, 2] x [4, 5]",
        Built.error(attention.useMask(true), Shape.of(5, 2), Shape.of(4, 5)));
    assertEquals(
        "multiHeadAttention: 0 heads of keys 4 and values 4 to 0: positive numbers expected",
        Built.error(() -> MultiHeadAttention.of(0, 4)));
    assertEquals(
        "multiHeadAttention: a dropout from 0 below 1, not 1.0",
        Built.error(() -> attention.dropout(1)));
  }

  /** The parts of the block, put together by hand. */
  @Test
  void anEncoderIsItsPartsAndTheirSums() {
    for (boolean first : new boolean[] {false, true}) {
      TransformerEncoder encoder =
          TransformerEncoder.of(7, 2).activation(Activation.GELU).normalizeFirst(first);
      Tensor x = normal(2, 3, 4);
      Weights weights = Weights.random(scope, DType.F32, 1);
      Shape shape = Shape.of(3, 4);
      Block attention = MultiHeadAttention.of(2, 2).build(weights.in("self_attention"), shape);
      Block hidden =
          Dense.of(7)
              .activation(Activation.GELU)
              .build(weights.in("feedforward_intermediate_dense"), shape);
      Block dense = Dense.of(4).build(weights.in("feedforward_output_dense"), hidden.output());
      Tensor y;
      if (first) {
        Tensor middle = x.add(run(attention, norm(x)));
        y = middle.add(run(dense, run(hidden, norm(middle))));
      } else {
        Tensor middle = norm(x.add(run(attention, x)));
        y = norm(middle.add(run(dense, run(hidden, middle))));
      }
      assertArrayEquals(y.toFloats(), Built.call(encoder, x).toFloats(), 1e-6f);
    }
  }

  private static Tensor norm(Tensor x) {
    return Built.call(LayerNormalization.of().epsilon(1e-5), x);
  }

  private static Tensor run(Block block, Tensor x) {
    return block.call(x, Pass.inference());
  }

  @Test
  void anEncoderDropsInTrainingAndChecksItsInput() {
    TransformerEncoder encoder = TransformerEncoder.of(7, 2);
    Tensor x = normal(2, 3, 4);
    float[] plain = Built.call(encoder, x).toFloats();
    assertArrayEquals(plain, Built.call(encoder.dropout(0.3), x).toFloats());
    Pass training = Pass.training(new Philox(1, 1));
    assertFalse(Arrays.equals(plain, Built.call(encoder.dropout(0.3), training, x).toFloats()));
    assertEquals(
        "transformerEncoder: a sequence [length, features] expected, its features divided by 2"
            + " heads: input [3, 5]",
        Built.error(encoder, Shape.of(3, 5)));
    assertEquals(
        "transformerEncoder: a sequence and a mask expected: input [3, 4]",
        Built.error(encoder.useMask(true), Shape.of(3, 4)));
    assertEquals(
        "transformerEncoder: at least one hidden unit and one head, not 0 and 2",
        Built.error(() -> TransformerEncoder.of(0, 2)));
  }

  @Test
  void placesAreAdded() {
    PositionalEmbedding places =
        PositionalEmbedding.of(3).embeddings((target, _) -> target.copyFrom(1f, 2, 3, 4, 5, 6));
    Tensor x = scope.full(DType.F32, Shape.of(2, 2, 2), 10);
    assertArrayEquals(
        new float[] {11, 12, 13, 14, 11, 12, 13, 14}, Built.call(places, x).toFloats());
    assertEquals(
        "positionalEmbedding: a sequence [length, features] of at most 3 places expected: input"
            + " [4, 2]",
        Built.error(places, Shape.of(4, 2)));
    assertEquals(
        "positionalEmbedding: at least one place, not 0",
        Built.error(() -> PositionalEmbedding.of(0)));
  }
}
