package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/**
 * How a product enters and leaves its output: {@code out = activation(chain + bias)}.
 *
 * <p>{@code bias} holds one element per output column, adjacent from byte {@code biasAt}, or is
 * null. It is added once, after the whole sum. {@code relu} then applies {@code max(x, 0)} as
 * {@link Math#max(float, float)} has it: NaN stays NaN, negative zero becomes zero.
 *
 * @param accumulate whether the sum starts from what the output holds rather than from zero
 */
public record WriteOut(boolean accumulate, MemorySegment bias, long biasAt, boolean relu) {
  /** The plain product. */
  public static final WriteOut PLAIN = new WriteOut(false, null, 0, false);

  /** The product added to what the output holds. */
  public static final WriteOut ACCUMULATE = new WriteOut(true, null, 0, false);

  /** The product plus {@code bias}. */
  public static WriteOut bias(MemorySegment bias, long biasAt) {
    return new WriteOut(false, bias, biasAt, false);
  }

  /** This, followed by {@code max(x, 0)}. */
  public WriteOut withRelu() {
    return new WriteOut(accumulate, bias, biasAt, true);
  }

  /** Whether anything is left to do once the sum is in the output. */
  public boolean finishes() {
    return bias != null || relu;
  }
}
