package dev.lanewise.tensor.check;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares the gradients of a function with its slopes: central differences in F64.
 *
 * <pre>{@code
 * Tensor x = scope.normal(DType.F64, Shape.of(2, 3)).tracked();
 * Tensor w = scope.normal(DType.F64, Shape.of(3, 4)).tracked();
 * GradCheck.of(in -> in[0].matmul(in[1]).tanh()).check(x, w);
 * GradCheck.of(new Tanh()).checkSecond(x);
 * }</pre>
 *
 * <p>Every element of every tracked input is checked; untracked inputs are constants. Outputs are
 * projected to one number by weights drawn from {@link #seed}; outputs that are not floating are
 * ignored, but one has to be. The function has to be smooth around its inputs, by a margin of about
 * 1e-5, and give the same for the same inputs. The inputs' elements are nudged one at a time and
 * put back.
 */
public final class GradCheck {
  /** The cube root of the spacing of F64 at one: errors of truncation and of rounding balance. */
  private static final double STEP = Math.cbrt(Math.ulp(1.0));

  private final Function<Tensor[], Tensor[]> function;
  private final long seed;

  private GradCheck(Function<Tensor[], Tensor[]> function, long seed) {
    this.function = function;
    this.seed = seed;
  }

  /** A check of a function of one output. */
  public static GradCheck of(Function<Tensor[], Tensor> function) {
    return ofAll(inputs -> new Tensor[] {function.apply(inputs)});
  }

  /** A check of all visible outputs of an operator. */
  public static GradCheck of(Op op) {
    return ofAll(op::applyAll);
  }

  /** A check of a function of several outputs. */
  public static GradCheck ofAll(Function<Tensor[], Tensor[]> function) {
    return new GradCheck(function, 0);
  }

  /** This check with outputs weighted by other random numbers. */
  public GradCheck seed(long other) {
    return new GradCheck(function, other);
  }

  /**
   * Checks the gradients with respect to the tracked inputs.
   *
   * @throws GradCheckError if one differs from the slope by more than {@link Tolerance#gradient}
   * @throws IllegalArgumentException if no input is tracked, or a tracked one is not f64
   */
  public void check(Tensor... inputs) {
    requireInputs(inputs);
    if (!Arrays.deepEquals(outputs(inputs), outputs(inputs))) {
      throw new GradCheckError(
          "gradCheck: the function gives something else the second time: " + shapes(inputs));
    }
    double[][] gradients = gradients(inputs);
    StringBuilder failures = new StringBuilder();
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].isTracked()) {
        compare(inputs, i, gradients[i], failures);
      }
    }
    if (!failures.isEmpty()) {
      throw new GradCheckError("gradCheck: " + shapes(inputs) + failures);
    }
  }

  /**
   * Checks the gradients of the gradients: {@link #check} of the function that takes the inputs and
   * the outputs' gradients to the inputs' gradients.
   *
   * @throws GradCheckError if one differs from the slope by more than {@link Tolerance#gradient}
   * @throws IllegalArgumentException if no input is tracked, or a tracked one is not f64
   */
  public void checkSecond(Tensor... inputs) {
    requireInputs(inputs);
    try (Scope scope = inputs[0].scope().child("gradCheck")) {
      Tensor[] outputs = floating(function.apply(lent(inputs, scope)));
      requireOutputs(inputs, outputs);
      Tensor[] operands = Arrays.copyOf(inputs, inputs.length + outputs.length);
      for (int i = 0; i < operands.length; i++) {
        operands[i] =
            i < inputs.length
                ? inputs[i].in(scope)
                : weights(scope, outputs[i - inputs.length].shape(), i).tracked();
      }
      ofAll(all -> backward(all, inputs)).seed(seed + 1).check(operands);
    }
  }

  /** The gradients, tracked, of the outputs weighted by the last operands. */
  private Tensor[] backward(Tensor[] operands, Tensor[] like) {
    Tensor[] leaves = Arrays.copyOf(operands, like.length);
    for (int i = 0; i < like.length; i++) {
      if (like[i].isTracked() && !leaves[i].isTracked()) {
        leaves[i] = leaves[i].tracked();
      }
    }
    Tensor[] outputs = floating(function.apply(leaves));
    Tensor loss = null;
    for (int i = 0; i < outputs.length; i++) {
      Tensor term = outputs[i].mul(operands[like.length + i]).sum();
      loss = loss == null ? term : loss.add(term);
    }
    Gradients gradients = Gradients.tracked(loss);
    return Arrays.stream(leaves)
        .filter(Tensor::isTracked)
        .map(gradients::get)
        .toArray(Tensor[]::new);
  }

  private static void requireInputs(Tensor[] inputs) {
    boolean tracked = false;
    for (Tensor input : inputs) {
      tracked |= input.isTracked();
      if (input.isTracked() && !input.dtype().equals(DType.F64)) {
        throw new IllegalArgumentException(
            "gradCheck: tracked inputs of f64 expected: " + input.spec());
      }
    }
    if (!tracked) {
      throw new IllegalArgumentException(
          "gradCheck: no input is tracked: "
              + shapes(inputs)
              + ": mark those to check with tracked()");
    }
  }

  private static void requireOutputs(Tensor[] inputs, Tensor[] outputs) {
    if (outputs.length == 0) {
      throw new IllegalArgumentException("gradCheck: no output is floating: " + shapes(inputs));
    }
  }

  private void compare(Tensor[] inputs, int which, double[] gradient, StringBuilder failures) {
    Tensor input = inputs[which].untracked();
    long[] index = new long[input.rank()];
    int wrong = 0;
    double worst = -1;
    String report = "";
    for (int number = 0; number < gradient.length; number++) {
      double slope = slope(inputs, input, index);
      if (!Tolerance.gradient().allows(DType.F64, slope, gradient[number], 0)) {
        wrong++;
        double error = Math.abs(slope - gradient[number]);
        if (wrong == 1 || error > worst || Double.isNaN(error)) {
          worst = error;
          report =
              Arrays.toString(index)
                  + " (value "
                  + input.value(index)
                  + "): gradient "
                  + gradient[number]
                  + ", slope "
                  + slope;
        }
      }
      next(index, input.shape());
    }
    if (wrong > 0) {
      failures
          .append("\n  input ")
          .append(which)
          .append(": ")
          .append(wrong)
          .append(" of ")
          .append(gradient.length)
          .append(" elements differ, most at ")
          .append(report);
    }
  }

  private double slope(Tensor[] inputs, Tensor input, long[] index) {
    double x = input.value(index);
    double step = STEP * Math.max(1, Math.abs(x));
    double above = x + step;
    double below = x - step;
    try {
      input.set(above, index);
      double[][] upper = outputs(inputs);
      input.set(below, index);
      return difference(upper, outputs(inputs)) / (above - below);
    } finally {
      input.set(x, index);
    }
  }

  /**
   * Of the weighted sums; taken element by element, so that large outputs don't drown small ones.
   */
  private double difference(double[][] upper, double[][] lower) {
    double sum = 0;
    for (int i = 0; i < upper.length; i++) {
      double[] weights = weights(upper[i].length, i);
      for (int j = 0; j < weights.length; j++) {
        sum += weights[j] * (upper[i][j] - lower[i][j]);
      }
    }
    return sum;
  }

  private static void next(long[] index, Shape shape) {
    for (int axis = index.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape.extent(axis)) {
        return;
      }
      index[axis] = 0;
    }
  }

  private double[][] outputs(Tensor[] inputs) {
    try (Scope scope = inputs[0].scope().child("gradCheck")) {
      Tensor[] plain = new Tensor[inputs.length];
      for (int i = 0; i < plain.length; i++) {
        plain[i] = inputs[i].untracked().in(scope);
      }
      return Arrays.stream(floating(function.apply(plain)))
          .map(Tensor::toDoubles)
          .toArray(double[][]::new);
    }
  }

  /** The gradients by input; zeros where no path leads to the outputs. */
  private double[][] gradients(Tensor[] inputs) {
    double[][] gradients = new double[inputs.length][];
    try (Scope scope = inputs[0].scope().child("gradCheck")) {
      Tensor[] outputs = floating(function.apply(lent(inputs, scope)));
      requireOutputs(inputs, outputs);
      Tensor loss = null;
      for (int i = 0; i < outputs.length; i++) {
        if (outputs[i].isTracked()) {
          Tensor term = outputs[i].mul(weights(scope, outputs[i].shape(), i)).sum();
          loss = loss == null ? term : loss.add(term);
        }
      }
      Gradients found = loss == null ? null : Gradients.of(loss);
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i].isTracked()) {
          gradients[i] =
              found == null
                  ? new double[Math.toIntExact(inputs[i].size())]
                  : found.get(inputs[i]).toDoubles();
        }
      }
    }
    return gradients;
  }

  private static Tensor[] lent(Tensor[] inputs, Scope scope) {
    Tensor[] lent = new Tensor[inputs.length];
    for (int i = 0; i < lent.length; i++) {
      lent[i] = inputs[i].in(scope);
    }
    return lent;
  }

  private static Tensor[] floating(Tensor[] outputs) {
    return Arrays.stream(outputs)
        .filter(output -> output.dtype().isFloating())
        .toArray(Tensor[]::new);
  }

  private Tensor weights(Scope scope, Shape shape, int output) {
    return scope.tensor(shape, weights(Math.toIntExact(shape.size()), output));
  }

  /**
   * Of either sign and between a half and one and a half in magnitude, so that no element is lost.
   */
  private double[] weights(int size, int output) {
    SplittableRandom random = new SplittableRandom(31 * seed + output);
    double[] weights = new double[size];
    for (int i = 0; i < weights.length; i++) {
      double weight = 0.5 + random.nextDouble();
      weights[i] = random.nextBoolean() ? weight : -weight;
    }
    return weights;
  }

  private static String shapes(Tensor[] inputs) {
    return Arrays.stream(inputs)
        .map(input -> input.shape().toString())
        .collect(Collectors.joining(" x "));
  }
}
