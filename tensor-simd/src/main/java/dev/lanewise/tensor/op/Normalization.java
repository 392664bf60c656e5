package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import java.util.Arrays;

/**
 * What {@link LayerNorm} and {@link RmsNorm} share beside the {@link RowWalk}: shape rules, the
 * part of a gradient that stays, and the gradient of the gradient.
 */
final class Normalization {
  private Normalization() {}

  /**
   * The output, of the first operand's shape.
   *
   * @param weights operands after the first that have the normalised axes only; those behind them
   *     have the first operand's shape
   */
  static Specs infer(String operator, Specs in, int axis, int weights) {
    DType dtype = in.requireFloating(operator);
    Shape shape = in.shape(0);
    Shape row = row(operator, shape, axis);
    for (int i = 1; i < in.size(); i++) {
      Shape expected = i <= weights ? row : shape;
      if (!in.shape(i).equals(expected)) {
        throw in.error(operator, expected + " expected for operand " + i);
      }
    }
    return Specs.of(dtype, shape);
  }

  /** The axes from {@code axis} on, from the end where negative. */
  static Shape row(String operator, Shape shape, int axis) {
    int first = shape.axis(operator, axis);
    return Shape.of(Arrays.copyOfRange(shape.extents(), first, shape.rank()));
  }

  /**
   * Adds passes that take from g, in the output, the part that is parallel to the normalised rows:
   * {@code g - n mean(g n)}.
   *
   * @param products a block to work in
   * @param buffer for the means
   */
  static RowWalk orthogonal(
      RowWalk walk, RowWalk.Place normalised, RowWalk.Place products, RowWalk.Place buffer) {
    RowWalk.Place g = walk.output();
    return walk.zip(Lane.MUL, g, normalised, products)
        .mean(products, buffer)
        .ternary(Lane.SUBTRACT_PRODUCT, g, normalised, buffer, g);
  }

  /**
   * The gradients of {@code r (g - mean(g) - n mean(g n))}, where {@code g = grad gamma}, {@code n}
   * is the normalised x and {@code r} the factor that makes it so; without {@code mean(g)} where
   * the mean of x is not taken away.
   *
   * <p>With {@code p(u) = u - mean(u) - n mean(u n)} and a gradient v from above they are: to g,
   * {@code r p(v)}; to x, {@code -r^2 (n (mean(v g) - mean(v) mean(g) - mean(v n) mean(g n)) +
   * mean(g n) p(v) + mean(v n) p(g))}.
   */
  static Grads second(
      Saved saved, Grads grads, Wanted wanted, int axis, double epsilon, boolean centred) {
    Tensor x = saved.input(0);
    Tensor gamma = saved.input(1);
    Tensor grad = saved.input(2);
    Tensor above = grads.at(0);
    int first = x.shape().axis("normalization", axis);
    int[] axes = new int[x.rank() - first];
    Arrays.setAll(axes, i -> first + i);
    Mean mean = Mean.over(axes, true);
    Tensor c = centred ? x.sub(mean.apply(x)) : x;
    Tensor r = mean.apply(c.square()).add(epsilon).apply(Ops.RSQRT);
    Tensor n = c.mul(r);
    Tensor aboveN = mean.apply(above.mul(n));
    Tensor aboveP = projected(above, n, aboveN, mean, centred);
    Tensor scaled = r.mul(aboveP);
    Tensor toX = null;
    if (wanted.input(0)) {
      Tensor g = grad.mul(gamma);
      Tensor gN = mean.apply(g.mul(n));
      Tensor product = mean.apply(above.mul(g)).sub(aboveN.mul(gN));
      if (centred) {
        product = product.sub(mean.apply(above).mul(mean.apply(g)));
      }
      Tensor gP = projected(g, n, gN, mean, centred);
      toX = r.square().neg().mul(n.mul(product).add(gN.mul(aboveP)).add(aboveN.mul(gP)));
    }
    return Grads.of(
        toX, wanted.input(1) ? grad.mul(scaled) : null, wanted.input(2) ? gamma.mul(scaled) : null);
  }

  private static Tensor projected(Tensor u, Tensor n, Tensor uN, Mean mean, boolean centred) {
    Tensor rest = u.sub(n.mul(uN));
    return centred ? rest.sub(mean.apply(u)) : rest;
  }
}
