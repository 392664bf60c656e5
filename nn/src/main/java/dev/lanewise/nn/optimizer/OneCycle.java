package dev.lanewise.nn.optimizer;

/**
 * Up to the greatest rate and down again to almost nothing (Smith and Topin 2018), as PyTorch's
 * {@code OneCycleLR} with two phases: from {@code greatest / divisor} up in {@code rise * steps -
 * 1} steps, then down to {@code greatest / divisor / lastDivisor} in the last, and staying there.
 *
 * @param greatest the rate at the top
 * @param steps of the whole cycle, at least two
 * @param rise the part of the steps that goes up, between 0 and 1
 * @param divisor of the first rate
 * @param lastDivisor of the last rate, compared with the first
 * @param linear whether the rate follows lines instead of half cosines
 */
public record OneCycle(
    double greatest, long steps, double rise, double divisor, double lastDivisor, boolean linear)
    implements Schedule {
  /** Checks the numbers. */
  public OneCycle {
    Rates.require("oneCycle", "greatest", greatest);
    if (!(rise >= 0 && rise <= 1 && divisor > 0 && lastDivisor > 0)) {
      throw new IllegalArgumentException(
          "oneCycle: rise from 0 to 1 and divisors over 0, not %s, %s and %s"
              .formatted(rise, divisor, lastDivisor));
    }
    if (steps < 2) {
      throw new IllegalArgumentException("oneCycle: at least two steps, not " + steps);
    }
  }

  /** With PyTorch's other values: a rise of 0.3, divisors 25 and 10,000, along cosines. */
  public static OneCycle of(double greatest, long steps) {
    return new OneCycle(greatest, steps, 0.3, 25, 1e4, false);
  }

  /** This cycle with another part that goes up. */
  public OneCycle rise(double other) {
    return new OneCycle(greatest, steps, other, divisor, lastDivisor, linear);
  }

  /** This cycle with other first and last rates. */
  public OneCycle divisors(double first, double last) {
    return new OneCycle(greatest, steps, rise, first, last, linear);
  }

  /** This cycle along lines or half cosines. */
  public OneCycle linear(boolean wanted) {
    return new OneCycle(greatest, steps, rise, divisor, lastDivisor, wanted);
  }

  @Override
  public double rate(long step) {
    double top = rise * steps - 1;
    double end = steps - 1;
    double first = greatest / divisor;
    double last = first / lastDivisor;
    if (step <= top) {
      return between(first, greatest, top == 0 ? 1 : step / top);
    }
    double from = Math.max(0, top);
    return between(greatest, last, Math.min(1, (step - from) / (end - from)));
  }

  private double between(double from, double to, double progress) {
    return linear ? Rates.line(from, to, progress) : Rates.cosine(from, to, progress);
  }
}
