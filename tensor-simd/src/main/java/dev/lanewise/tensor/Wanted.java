package dev.lanewise.tensor;

/**
 * Which inputs of an operator need a gradient.
 *
 * @param mask bit {@code i} for input {@code i}
 */
public record Wanted(long mask) {
  /** Whether input {@code i} needs a gradient. */
  public boolean input(int i) {
    return (mask >>> i & 1) != 0;
  }
}
