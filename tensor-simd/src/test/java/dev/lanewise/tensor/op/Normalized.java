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

  private double mean(int row, double[] of) {
    double sum = 0;
    for (int i = 0; i < extent; i++) {
      sum += of[row * extent + i];
    }
    return sum / extent;
  }

  private double centre(int row) {
    return centred ? mean(row, x) : 0;
  }

  private double factor(int row) {
    double centre = centre(row);
    double squares = 0;
    for (int i = 0; i < extent; i++) {
      double c = x[row * extent + i] - centre;
      squares += c * c;
    }
    return 1 / Math.sqrt(squares / extent + epsilon);
  }

  /** The normalised rows. */
  double[] rows() {
    double[] out = new double[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (x[i] - centre(i / extent)) * factor(i / extent);
    }
    return out;
  }

  /** By how much a rounding error of x may grow in a row. */
  private double growth(int row) {
    double size = 0;
    for (int i = 0; i < extent; i++) {
      size = Math.max(size, Math.abs(x[row * extent + i]));
    }
    return 1 + 2 * size * factor(row);
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
    double[] out = rows();
    for (int i = 0; i < out.length; i++) {
      double grown = growth(i / extent) * (1 + Math.abs(out[i]));
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
    double[] out = new double[n.length];
    for (int i = 0; i < out.length; i++) {
      int row = i / extent;
      double rest = centred ? g[i] - mean(row, g) : g[i];
      out[i] = factor(row) * (rest - n[i] * mean(row, products));
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
    double[] out = new double[n.length];
    for (int i = 0; i < out.length; i++) {
      int row = i / extent;
      double grown = growth(row) * growth(row) * factor(row);
      out[i] = grown * (g[i] + mean(row, g) + (1 + Math.abs(n[i])) * mean(row, products));
    }
    return new double[][] {out};
  }
}
