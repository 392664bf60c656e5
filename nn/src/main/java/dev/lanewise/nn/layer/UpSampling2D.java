package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * An image whose rows and columns are multiplied. Input: {@code [height, width, channels]}. Output:
 * {@code [height * rows, width * columns, channels]}. Keras' {@code UpSampling2D}.
 *
 * @param rows rows made of each
 * @param columns columns made of each
 * @param interpolation where new values come from
 */
public record UpSampling2D(long rows, long columns, Interpolation interpolation) implements Layer {
  /** Where new values come from. */
  public enum Interpolation {
    /** They are copies of the old ones. */
    NEAREST,

    /**
     * They lie on lines between the two nearest old ones of a row or column; pixels are squares
     * whose values are those of their centres, and nothing changes beyond the outermost centres.
     */
    BILINEAR
  }

  /** Checks the factors. */
  public UpSampling2D {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "upSampling2D: factors of at least one, not %d and %d".formatted(rows, columns));
    }
  }

  /** So many of each along both axes, as copies. */
  public static UpSampling2D of(long both) {
    return of(both, both);
  }

  /** So many rows and columns of each, as copies. */
  public static UpSampling2D of(long rows, long columns) {
    return new UpSampling2D(rows, columns, Interpolation.NEAREST);
  }

  /** This layer with new values from elsewhere. */
  public UpSampling2D interpolation(Interpolation other) {
    return new UpSampling2D(rows, columns, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Images.require(this, input);
    Shape output =
        Shape.of(
            Math.multiplyExact(input.extent(0), rows),
            Math.multiplyExact(input.extent(1), columns),
            input.extent(2));
    if (interpolation == Interpolation.NEAREST) {
      return Block.of(output, (x, _) -> nearest(x, output));
    }
    double[] down = weights(input.extent(0), rows);
    double[] across = weights(input.extent(1), columns);
    return Block.of(output, (x, _) -> bilinear(x, output, down, across));
  }

  private Tensor nearest(Tensor x, Shape output) {
    long n = x.extent(0);
    long height = x.extent(1);
    long width = x.extent(2);
    long channels = x.extent(3);
    return x.reshape(n, height, 1, width, 1, channels)
        .expand(n, height, rows, width, columns, channels)
        .reshape(n, output.extent(0), output.extent(1), channels);
  }

  /** A product with a matrix for the rows, then one for the columns. */
  private static Tensor bilinear(Tensor x, Shape output, double[] down, double[] across) {
    long n = x.extent(0);
    long width = x.extent(2);
    long channels = x.extent(3);
    long high = output.extent(0);
    long wide = output.extent(1);
    Tensor tall =
        matrix(x, high, x.extent(1), down).matmul(x.reshape(n, x.extent(1), width * channels));
    return matrix(x, wide, width, across)
        .matmul(tall.reshape(n * high, width, channels))
        .reshape(n, high, wide, channels);
  }

  private static Tensor matrix(Tensor like, long rows, long columns, double[] values) {
    Tensor matrix = like.scope().empty(DType.F64, Shape.of(rows, columns)).copyFrom(values);
    return like.dtype().equals(DType.F64) ? matrix : matrix.cast(like.dtype());
  }

  /** How much of each old value there is in each new one, row-major. */
  private static double[] weights(long extent, long factor) {
    double[] weights = new double[Math.toIntExact(extent * extent * factor)];
    for (long i = 0; i < extent * factor; i++) {
      double place = Math.clamp((i + 0.5) / factor - 0.5, 0, (double) (extent - 1));
      long before = (long) place;
      long after = Math.min(before + 1, extent - 1);
      weights[(int) (i * extent + before)] += 1 - (place - before);
      weights[(int) (i * extent + after)] += place - before;
    }
    return weights;
  }
}
