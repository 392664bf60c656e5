package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import java.util.Arrays;

/** Normalisation of rows written down plainly, for oracles. */
final class Normalized {
  private final double[] x;
  private final int extent;
  private final double epsilon;
  private final boolean centred;

  /** Rows over the axes from {@code axis} on of the first operand. */
  Normalized(double[] x, Shape shape, int axis, double epsilon, boolean centred) {
    this.x = x;
    this.epsilon = epsilon;
    this.centred = centred;
    int size = 1;
    for (int i = axis < 0 ? axis + shape.rank() : axis; i < shape.rank(); i++) {
      size *= (int) shape.extent(i);
    }
    extent = size;
  }

  /** Shapes {@code [a, b, c]} with {@code weights} operands of the last axes, then others. */
  static Shapes rows(int axes, int weights, int others) {
    return Shapes.of(e -> tuple(Shape.of(e.next(), e.next(), e.positive()), axes, weights, others));
  }

  /** Shapes of rows shorter and longer than a block, and of more than one part. */
  static Shapes blocks(int weights, int others) {
    Shape[][] tuples = {
      tuple(Shape.of(3, 4, 3), 1, weights, others),
      tuple(Shape.of(2, 3, 5_001), 1, weights, others),
      tuple(Shape.of(7, 300, 5), 1, weights, others)
    };
    return Shapes.list(tuples).large(tuple(Shape.of(20, 100, 50), 1, weights, others));
  }

  private static Shape[] tuple(Shape whole, int axes, int weights, int others) {
    Shape[] tuple = new Shape[1 + weights + others];
    Arrays.fill(tuple, whole);
    long[] row = Arrays.copyOfRange(whole.extents(), 3 - axes, 3);
    Arrays.fill(tuple, 1, 1 + weights, Shape.of(row));
    return tuple;
  }

  /** How many rows there are; none of no extent. */
  private int count() {
    return extent == 0 ? 0 : x.length / extent;
  }

  /** The mean of each row. */
  private double[] means(double[] of) {
    double[] means = new double[count()];
    for (int i = 0; i < of.length; i++) {
      means[i / extent] += of[i] / extent;
    }
    return means;
  }

  private double[] centres() {
    return centred ? means(x) : new double[count()];
  }

  /** What the rows are multiplied by once they are centred. */
  private double[] factors() {
    double[] centres = centres();
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double c = x[i] - centres[i / extent];
      squares[i] = c * c;
    }
    return Arrays.stream(means(squares)).map(mean -> 1 / Math.sqrt(mean + epsilon)).toArray();
  }

  /** The normalised rows. */
  double[] rows() {
    double[] centres = centres();
    double[] factors = factors();
    double[] out = new double[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (x[i] - centres[i / extent]) * factors[i / extent];
    }
    return out;
  }

  /** By how much a rounding error of x may grow in each row. */
  private double[] growths() {
    double[] factors = factors();
    double[] sizes = new double[factors.length];
    for (int i = 0; i < x.length; i++) {
      sizes[i / extent] = Math.max(sizes[i / extent], Math.abs(x[i]));
    }
    double[] growths = new double[factors.length];
    Arrays.setAll(growths, row -> 1 + 2 * sizes[row] * factors[row]);
    return growths;
  }

  /** {@code rows * gamma + beta}; beta may be missing. */
  double[][] scaled(double[] gamma, double[] beta) {
    double[] out = rows();
    for (int i = 0; i < out.length; i++) {
      out[i] = out[i] * gamma[i % extent] + (beta == null ? 0 : beta[i % extent]);
    }
    return new double[][] {out};
  }

  /** The magnitudes of the terms of {@link #scaled}. */
  double[][] scaledMagnitudes(double[] gamma, double[] beta) {
    double[] growths = growths();
    double[] out = rows();
    for (int i = 0; i < out.length; i++) {
      double grown = growths[i / extent] * (1 + Math.abs(out[i]));
      out[i] =
          grown * Math.abs(gamma[i % extent]) + (beta == null ? 0 : Math.abs(beta[i % extent]));
    }
    return new double[][] {out};
  }

  /** {@code factor * (g - mean(g) - rows * mean(g * rows))} with {@code g = grad * gamma}. */
  double[][] grad(double[] gamma, double[] grad) {
    double[] n = rows();
    double[] g = new double[n.length];
    double[] products = new double[n.length];
    for (int i = 0; i < g.length; i++) {
      g[i] = grad[i] * gamma[i % extent];
      products[i] = g[i] * n[i];
    }
    double[] factors = factors();
    double[] means = centred ? means(g) : new double[factors.length];
    double[] moments = means(products);
    double[] out = new double[n.length];
    for (int i = 0; i < out.length; i++) {
      int row = i / extent;
      out[i] = factors[row] * (g[i] - means[row] - n[i] * moments[row]);
    }
    return new double[][] {out};
  }

  /** The magnitudes of the terms of {@link #grad}. */
  double[][] gradMagnitudes(double[] gamma, double[] grad) {
    double[] n = rows();
    double[] g = new double[n.length];
    double[] products = new double[n.length];
    for (int i = 0; i < g.length; i++) {
      g[i] = Math.abs(grad[i] * gamma[i % extent]);
      products[i] = g[i] * (1 + Math.abs(n[i]));
    }
    double[] factors = factors();
    double[] growths = growths();
    double[] means = means(g);
    double[] moments = means(products);
    double[] out = new double[n.length];
    for (int i = 0; i < out.length; i++) {
      int row = i / extent;
      double grown = growths[row] * growths[row] * factors[row];
      out[i] = grown * (g[i] + means[row] + (1 + Math.abs(n[i])) * moments[row]);
    }
    return new double[][] {out};
  }
}
