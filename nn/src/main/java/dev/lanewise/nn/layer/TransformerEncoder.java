package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * Self-attention and a dense layer with one hidden layer, each added to what it was given and
 * normalised (Vaswani et al. 2017): {@code y = norm(x + attention(x))}, {@code norm(y + dense(y))};
 * or normalised before, {@code y = x + attention(norm(x))}, {@code y + dense(norm(y))}.
 *
 * <p>Inputs: {@code [t, d]} and, with {@link #useMask}, a mask of bool that broadcasts to {@code
 * [t, t]}, true where a place may look. Output: {@code [t, d]}. Weights: those of {@code
 * self_attention}, {@code self_attention_layer_norm}, {@code feedforward_intermediate_dense},
 * {@code feedforward_output_dense} and {@code feedforward_layer_norm}. KerasHub's {@code
 * TransformerEncoder}.
 *
 * <p>Places that a mask of the input leaves out are not looked at, and the mask goes on.
 *
 * @param intermediateDim units of the hidden layer
 * @param numHeads how many heads, which divide d among them
 * @param dropout the part that is dropped in training, of the attention and behind both parts
 * @param activation of the hidden layer
 * @param epsilon of the normalisations
 * @param normalizeFirst whether normalisation comes before each part instead of at its end
 * @param causal whether a place may look at itself and those before it only
 * @param useMask whether there is a mask
 */
public record TransformerEncoder(
    long intermediateDim,
    long numHeads,
    double dropout,
    Activation activation,
    double epsilon,
    boolean normalizeFirst,
    boolean causal,
    boolean useMask)
    implements Layer {
  /** Checks the numbers; the parts check theirs. */
  public TransformerEncoder {
    if (intermediateDim < 1 || numHeads < 1) {
      throw new IllegalArgumentException(
          "transformerEncoder: at least one hidden unit and one head, not %d and %d"
              .formatted(intermediateDim, numHeads));
    }
  }

  /** With ReLU, normalised at the end, without dropout. */
  public static TransformerEncoder of(long intermediateDim, long numHeads) {
    return new TransformerEncoder(
        intermediateDim, numHeads, 0, Activation.RELU, 1e-5, false, false, false);
  }

  /** This layer with dropout in training. */
  public TransformerEncoder dropout(double other) {
    return new TransformerEncoder(
        intermediateDim, numHeads, other, activation, epsilon, normalizeFirst, causal, useMask);
  }

  /** This layer with another activation, such as {@link Activation#GELU}. */
  public TransformerEncoder activation(Activation other) {
    return new TransformerEncoder(
        intermediateDim, numHeads, dropout, other, epsilon, normalizeFirst, causal, useMask);
  }

  /** This layer with another epsilon of its normalisations. */
  public TransformerEncoder epsilon(double other) {
    return new TransformerEncoder(
        intermediateDim, numHeads, dropout, activation, other, normalizeFirst, causal, useMask);
  }

  /** This layer with normalisation before each part, or at its end. */
  public TransformerEncoder normalizeFirst(boolean wanted) {
    return new TransformerEncoder(
        intermediateDim, numHeads, dropout, activation, epsilon, wanted, causal, useMask);
  }

  /** This layer with places that look back only, as in a language model, or everywhere. */
  public TransformerEncoder causal(boolean wanted) {
    return new TransformerEncoder(
        intermediateDim, numHeads, dropout, activation, epsilon, normalizeFirst, wanted, useMask);
  }

  /** This layer with a mask as its second input, or without. */
  public TransformerEncoder useMask(boolean wanted) {
    return new TransformerEncoder(
        intermediateDim, numHeads, dropout, activation, epsilon, normalizeFirst, causal, wanted);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    if (inputs.size() != (useMask ? 2 : 1)) {
      throw error(useMask ? "a sequence and a mask expected" : "one sequence expected", inputs);
    }
    Shape input = inputs.getFirst();
    if (input.rank() != 2 || input.extent(1) % numHeads != 0) {
      throw error(
          "a sequence [length, features] expected, its features divided by %d heads"
              .formatted(numHeads),
          inputs);
    }
    Block attention =
        MultiHeadAttention.of(numHeads, input.extent(1) / numHeads)
            .dropout(dropout)
            .causal(causal)
            .useMask(useMask)
            .build(weights.in("self_attention"), inputs);
    LayerNormalization norm = LayerNormalization.of().epsilon(epsilon);
    Block attentionNorm = norm.build(weights.in("self_attention_layer_norm"), input);
    Block hidden =
        Dense.of(intermediateDim)
            .activation(activation)
            .build(weights.in("feedforward_intermediate_dense"), input);
    Block dense =
        Dense.of(input.extent(1)).build(weights.in("feedforward_output_dense"), hidden.output());
    Block denseNorm = norm.build(weights.in("feedforward_layer_norm"), input);
    Block drop = Dropout.of(dropout).build(weights, input);
    return Block.ofMasked(
        input,
        (given, pass) -> {
          Masked batch = given.getFirst();
          Tensor x = batch.values();
          Tensor from = normalizeFirst ? attentionNorm.call(x, pass) : x;
          Masked own = batch.with(from);
          List<Masked> seen = useMask ? List.of(own, given.getLast()) : List.of(own);
          Tensor y = attention.callMasked(seen, pass).getFirst().values();
          y = x.add(drop.call(y, pass));
          y = normalizeFirst ? y : attentionNorm.call(y, pass);
          Tensor inner = hidden.call(normalizeFirst ? denseNorm.call(y, pass) : y, pass);
          Tensor z = y.add(drop.call(dense.call(inner, pass), pass));
          return batch.with(normalizeFirst ? z : denseNorm.call(z, pass));
        });
  }
}
