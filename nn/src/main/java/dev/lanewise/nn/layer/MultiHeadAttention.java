package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Constraint;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Regularizer;
import dev.lanewise.nn.weight.WeightPolicy;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.MatMulBias;
import dev.lanewise.tensor.op.Ops;
import java.util.List;

/**
 * {@code softmax(q kᵀ / sqrt(keyDim)) v} in several heads side by side, each with projections of
 * its own, and a projection of all heads at the end (Vaswani et al. 2017).
 *
 * <p>Inputs: query {@code [t, d]}, value {@code [s, e]} and key {@code [s, f]}; without a key it is
 * the value, and of one input the layer is self-attention. With {@link #useMask} a last input more:
 * a mask of bool that broadcasts to {@code [t, s]}, true where a query may look. Output: {@code [t,
 * outputDim]}. Weights: {@code query.kernel [d, numHeads, keyDim]}, {@code key.kernel [f, numHeads,
 * keyDim]}, {@code value.kernel [e, numHeads, valueDim]}, {@code attention_output.kernel [numHeads,
 * valueDim, outputDim]}, and biases of the shape without what is summed over. Keras' {@code
 * MultiHeadAttention}.
 *
 * <p>What comes with a mask {@code [n, t]} is masked without more: no query looks at values or keys
 * that do not count, queries that do not count look at none in particular, and the queries' mask
 * goes on to the output.
 *
 * @param numHeads how many heads
 * @param keyDim extent of a head's queries and keys
 * @param valueDim extent of a head's values
 * @param outputDim extent of the output's last axis; 0 for that of the query
 * @param dropout the part of the attention that is dropped in training
 * @param useBias whether projections have biases
 * @param causal whether a query may look at its own place and those before it only
 * @param useMask whether the last input is a mask
 * @param kernel how all kernels are made and held
 * @param bias how all biases are made and held
 */
public record MultiHeadAttention(
    long numHeads,
    long keyDim,
    long valueDim,
    long outputDim,
    double dropout,
    boolean useBias,
    boolean causal,
    boolean useMask,
    WeightPolicy kernel,
    WeightPolicy bias)
    implements Layer {
  /** What a masked score becomes: far below any other, and finite where nothing is left to see. */
  private static final double MASKED = -1e9;

  /** Checks the numbers. */
  public MultiHeadAttention {
    if (numHeads < 1 || keyDim < 1 || valueDim < 1 || outputDim < 0) {
      throw new IllegalArgumentException(
          "multiHeadAttention: %d heads of keys %d and values %d to %d: positive numbers expected"
              .formatted(numHeads, keyDim, valueDim, outputDim));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "multiHeadAttention: a dropout from 0 below 1, not " + dropout);
    }
  }

  /** Heads whose keys and values have {@code keyDim} elements; with biases, without dropout. */
  public static MultiHeadAttention of(long numHeads, long keyDim) {
    return new MultiHeadAttention(
        numHeads,
        keyDim,
        keyDim,
        0,
        0,
        true,
        false,
        false,
        WeightPolicy.of(Initializer.GLOROT_UNIFORM),
        WeightPolicy.of(Initializer.ZEROS));
  }

  /** This layer with values of another extent. */
  public MultiHeadAttention valueDim(long other) {
    return new MultiHeadAttention(
        numHeads, keyDim, other, outputDim, dropout, useBias, causal, useMask, kernel, bias);
  }

  /** This layer with another extent of the output's last axis. */
  public MultiHeadAttention outputDim(long other) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, other, dropout, useBias, causal, useMask, kernel, bias);
  }

  /** This layer with dropout of its attention in training. */
  public MultiHeadAttention dropout(double other) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, outputDim, other, useBias, causal, useMask, kernel, bias);
  }

  /** This layer with or without biases. */
  public MultiHeadAttention useBias(boolean wanted) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, outputDim, dropout, wanted, causal, useMask, kernel, bias);
  }

  /** This layer with queries that look back only, or everywhere. */
  public MultiHeadAttention causal(boolean wanted) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, outputDim, dropout, useBias, wanted, useMask, kernel, bias);
  }

  /** This layer with a mask as its last input, or without. */
  public MultiHeadAttention useMask(boolean wanted) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, outputDim, dropout, useBias, causal, wanted, kernel, bias);
  }

  /** This layer with another initialiser of its kernels. */
  public MultiHeadAttention kernel(Initializer other) {
    return kernel(kernel.initializer(other));
  }

  /** This layer with another policy for its kernels. */
  public MultiHeadAttention kernel(WeightPolicy other) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, outputDim, dropout, useBias, causal, useMask, other, bias);
  }

  /** This layer with a price on its kernels. */
  public MultiHeadAttention kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** This layer with its kernels held to a constraint. */
  public MultiHeadAttention kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** This layer with another initialiser of its biases. */
  public MultiHeadAttention bias(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** This layer with another policy for its biases. */
  public MultiHeadAttention bias(WeightPolicy other) {
    return new MultiHeadAttention(
        numHeads, keyDim, valueDim, outputDim, dropout, useBias, causal, useMask, kernel, other);
  }

  /** This layer with a price on its biases. */
  public MultiHeadAttention biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** This layer with its biases held to a constraint. */
  public MultiHeadAttention biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    int masks = useMask ? 1 : 0;
    int values = inputs.size() - masks;
    if (values < 1 || values > 3) {
      throw error("a query, a value, a key" + (useMask ? " and a mask" : "") + " expected", inputs);
    }
    Shape query = inputs.get(0);
    Shape value = inputs.get(Math.min(1, values - 1));
    Shape key = inputs.get(values - 1);
    if (query.rank() != 2 || value.rank() != 2 || key.rank() != 2) {
      throw error("sequences [length, features] expected", inputs);
    }
    if (value.extent(0) != key.extent(0)) {
      throw error("as many values as keys expected", inputs);
    }
    Shape looks = Shape.of(query.extent(0), value.extent(0));
    Shape mask = inputs.getLast();
    if (useMask && (mask.rank() == 0 || !looks.equals(Shape.broadcast(mask, looks)))) {
      throw error("a mask that broadcasts to " + looks + " expected", inputs);
    }
    long width = outputDim == 0 ? query.extent(1) : outputDim;
    Projection toQuery = projection(weights.in("query"), query.extent(1), keyDim);
    Projection toKey = projection(weights.in("key"), key.extent(1), keyDim);
    Projection toValue = projection(weights.in("value"), value.extent(1), valueDim);
    Weights last = weights.in("attention_output");
    Projection toOutput =
        new Projection(
            last.weight("kernel", Shape.of(numHeads, valueDim, width), kernel),
            useBias ? last.weight("bias", Shape.of(width), bias) : null,
            numHeads * valueDim,
            width);
    double scale = 1 / Math.sqrt((double) keyDim);
    boolean[] past = causal ? past(looks) : null;
    return Block.ofMasked(
        Shape.of(query.extent(0), width),
        (batches, pass) -> {
          List<Tensor> given = Masked.values(batches);
          Tensor q = heads(toQuery.apply(given.get(0)).mul(scale), keyDim);
          Tensor k = heads(toKey.apply(given.get(values - 1)), keyDim);
          Tensor v = heads(toValue.apply(given.get(Math.min(1, values - 1))), valueDim);
          Tensor scores = q.matmul(k.transpose());
          if (past != null) {
            scores = masked(scores, scores.scope().tensor(looks, past));
          }
          if (useMask) {
            scores = masked(scores, perHead(given.getLast()));
          }
          scores = counted(scores, batches.subList(0, values));
          Tensor attention = scores.softmax(-1);
          if (pass.isTraining() && dropout > 0) {
            attention = attention.apply(new dev.lanewise.tensor.op.Dropout(dropout, pass.random()));
          }
          Tensor seen = attention.matmul(v).permute(0, 2, 1, 3);
          seen = seen.reshape(seen.extent(0), seen.extent(1), numHeads * valueDim);
          return batches.getFirst().with(toOutput.apply(seen));
        });
  }

  /** The scores {@code [n, numHeads, t, s]} without those of places that do not count. */
  private Tensor counted(Tensor scores, List<Masked> inputs) {
    Tensor counted = scores;
    Masked query = inputs.getFirst();
    query.requireSequences(this);
    if (query.isMasked()) {
      Tensor mask = query.mask();
      counted = masked(counted, mask.reshape(mask.extent(0), 1, mask.extent(1), 1));
    }
    for (Masked source : inputs.size() == 1 ? inputs : inputs.subList(1, inputs.size())) {
      source.requireSequences(this);
      if (source.isMasked()) {
        counted = masked(counted, perHead(source.mask()));
      }
    }
    return counted;
  }

  /** A dense layer to or from all heads. */
  private record Projection(Parameter kernel, Parameter bias, long in, long out) {
    Tensor apply(Tensor x) {
      Tensor matrix = kernel.with(x).reshape(in, out);
      return bias == null
          ? x.matmul(matrix)
          : new MatMulBias(false).apply(x, matrix, bias.with(x).reshape(out));
    }
  }

  private Projection projection(Weights weights, long in, long each) {
    return new Projection(
        weights.weight("kernel", Shape.of(in, numHeads, each), kernel),
        useBias ? weights.weight("bias", Shape.of(numHeads, each), bias) : null,
        in,
        numHeads * each);
  }

  /** {@code [n, t, numHeads * each]} as {@code [n, numHeads, t, each]}. */
  private Tensor heads(Tensor x, long each) {
    return x.reshape(x.extent(0), x.extent(1), numHeads, each).permute(0, 2, 1, 3);
  }

  /** A batch of masks with an axis for the heads behind the batch axis. */
  private static Tensor perHead(Tensor mask) {
    long rows = mask.rank() == 3 ? mask.extent(1) : 1;
    return mask.reshape(mask.extent(0), 1, rows, mask.extent(-1));
  }

  private static Tensor masked(Tensor scores, Tensor mask) {
    Scope scope = scores.scope();
    return Ops.WHERE.apply(mask, scores, scope.full(scores.dtype(), Shape.scalar(), MASKED));
  }

  private static boolean[] past(Shape looks) {
    int keys = Math.toIntExact(looks.extent(1));
    boolean[] past = new boolean[Math.toIntExact(looks.size())];
    for (int i = 0; i < past.length; i++) {
      past[i] = i % keys <= i / keys;
    }
    return past;
  }
}
