package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;

/**
 * A learned vector for each place, added to what stands there, so that attention can tell places
 * apart (Gehring et al. 2017). Input and output: {@code [length, features]}. Weights: {@code
 * position_embeddings [sequenceLength, features]}, of which a shorter input takes the first. It is
 * KerasHub's {@code PositionEmbedding} and the sum behind it.
 *
 * @param sequenceLength the longest input
 * @param embeddings makes the vectors
 */
public record PositionalEmbedding(long sequenceLength, Initializer embeddings) implements Layer {
  /** Checks the length. */
  public PositionalEmbedding {
    if (sequenceLength < 1) {
      throw new IllegalArgumentException(
          "positionalEmbedding: at least one place, not " + sequenceLength);
    }
  }

  /** For inputs of at most this length, after Glorot. */
  public static PositionalEmbedding of(long sequenceLength) {
    return new PositionalEmbedding(sequenceLength, Initializer.GLOROT_UNIFORM);
  }

  /** This layer with another initialiser. */
  public PositionalEmbedding embeddings(Initializer other) {
    return new PositionalEmbedding(sequenceLength, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    if (input.rank() != 2 || input.extent(0) > sequenceLength) {
      throw error(
          "a sequence [length, features] of at most " + sequenceLength + " places expected", input);
    }
    Shape table = Shape.of(sequenceLength, input.extent(1));
    Parameter places = weights.weight("position_embeddings", table, embeddings);
    long length = input.extent(0);
    return Block.of(input, (x, _) -> x.add(places.with(x).slice(0, 0, length))).keepingMask();
  }
}
