package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;

/**
 * {@code x * P(X <= x)} for a standard normal X, element by element (Hendrycks and Gimpel 2016).
 * Input and output: any shape.
 *
 * @param form which formula stands for it
 */
public record Gelu(Form form) implements LaneOp {
  /** The formulas in use. */
  public enum Form {
    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
    EXACT,
    /** {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))}. */
    TANH
  }

  @Override
  public Lane lane() {
    return form == Form.EXACT ? Lane.GELU : Lane.GELU_TANH;
  }

  @Override
  public Keeps keeps() {
    return Keeps.inputs();
  }

  @Override
  public Grads backward(Saved saved, Grads grads, Wanted wanted) {
    return Grads.of(new Grad(form).apply(saved.input(0), grads.at(0)));
  }

  /** {@code grad} times the slope at {@code x}. Inputs: x, grad. */
  public record Grad(Form form) implements LaneOp {
    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715 * ROOT;

    @Override
    public Lane lane() {
      return form == Form.EXACT ? Lane.GELU_GRAD : Lane.GELU_TANH_GRAD;
    }

    @Override
    public Keeps keeps() {
      return Keeps.inputs();
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor x = saved.input(0);
      Tensor grad = grads.at(0);
      return Grads.of(
          wanted.input(0) ? grad.mul(saved.input(1)).mul(curvature(x)) : null,
          new Grad(form).apply(x, grad));
    }

    private Tensor curvature(Tensor x) {
      return form == Form.EXACT ? exactCurvature(x) : tanhCurvature(x);
    }

    /** {@code density(x) * (2 - x^2)}. */
    private static Tensor exactCurvature(Tensor x) {
      Tensor square = x.square();
      Tensor density = square.mul(-0.5).exp().mul(ROOT / 2);
      return density.mul(new Affine(-1, 2).apply(square));
    }

    /**
     * With {@code u = ROOT x + CUBIC x^3} and {@code t = tanh(u)}: {@code (1 - t^2) (u' + x u'' / 2
     * - x t u'^2)}.
     */
    private static Tensor tanhCurvature(Tensor x) {
      Tensor square = x.square();
      Tensor t = new Affine(CUBIC, ROOT).apply(square).mul(x).tanh();
      Tensor slope = new Affine(3 * CUBIC, ROOT).apply(square);
      Tensor bend = new Affine(6 * CUBIC, ROOT).apply(square).sub(x.mul(t).mul(slope.square()));
      return new Tanh.Grad().apply(t, bend);
    }
  }
}
