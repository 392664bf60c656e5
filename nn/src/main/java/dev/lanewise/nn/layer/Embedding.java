package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Gather;
import java.util.Arrays;

/**
 * A row of a table for each number of a vocabulary. Input: any shape, of i32 or i64, from 0 below
 * {@code inputDim}, such as {@code Input.of(20).as(DType.I32)}. Output: {@code [..., outputDim]}.
 * Weights: {@code embeddings [inputDim, outputDim]}. Keras' {@code Embedding}.
 *
 * <p>With {@link #maskZero}, zero stands for no entry: its places do not count for layers behind
 * this one that take masks.
 *
 * <p>A number outside the vocabulary is an {@link IllegalArgumentException} of {@code gather}; as
 * there, negative ones count from the end.
 *
 * @param inputDim size of the vocabulary
 * @param outputDim extent of the output's last axis
 * @param maskZero whether the number zero marks places that do not count
 * @param embeddings how the table is made
 */
public record Embedding(long inputDim, long outputDim, boolean maskZero, WeightPolicy embeddings)
    implements Layer {
  /** Checks that there are rows and columns. */
  public Embedding {
    if (inputDim < 1 || outputDim < 1) {
      throw new IllegalArgumentException(
          "embedding: a vocabulary and vectors of at least one, not %d and %d"
              .formatted(inputDim, outputDim));
    }
  }

  /** Uniform within 0.05, as in Keras. */
  public static Embedding of(long inputDim, long outputDim) {
    return new Embedding(
        inputDim, outputDim, false, WeightPolicy.of(Initializer.uniform(-0.05, 0.05)));
  }

  /** This layer with places of the number zero that do not count, or with all counting. */
  public Embedding maskZero(boolean wanted) {
    return new Embedding(inputDim, outputDim, wanted, embeddings);
  }

  /** This layer with another initialiser. */
  public Embedding embeddings(Initializer other) {
    return new Embedding(inputDim, outputDim, maskZero, embeddings.initializer(other));
  }

  /** This layer with a price on its table. */
  public Embedding embeddingsRegularizer(Regularizer other) {
    return new Embedding(inputDim, outputDim, maskZero, embeddings.regularizer(other));
  }

  /** This layer with its table held to a constraint. */
  public Embedding embeddingsConstraint(Constraint other) {
    return new Embedding(inputDim, outputDim, maskZero, embeddings.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Parameter table = weights.weight("embeddings", Shape.of(inputDim, outputDim), embeddings);
    long[] output = Arrays.copyOf(input.extents(), input.rank() + 1);
    output[input.rank()] = outputDim;
    Gather gather = new Gather(0);
    return Block.ofMasked(
        Shape.of(output),
        (given, _) -> {
          Tensor x = given.getFirst().values();
          Tensor rows = gather.apply(table.with(x), x);
          return new Masked(rows, maskZero ? Masked.differs(x, 0) : null);
        });
  }
}
