package dev.lanewise.tensor;

/**
 * What is known of a tensor before its values: element type, extents and the order of its axes in
 * memory.
 *
 * @param dtype the element type
 * @param layout extents and strides
 */
public record Spec(DType dtype, Layout layout) {
  /** A row-major tensor. */
  public static Spec of(DType dtype, Shape shape) {
    return new Spec(dtype, Layout.contiguous(shape));
  }

  /** The extents. */
  public Shape shape() {
    return layout.shape();
  }

  @Override
  public String toString() {
    return dtype + " " + shape();
  }
}
