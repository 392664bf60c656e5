package dev.lanewise.tensor.op;

/**
 * A number in double with the size of the rounding errors that a computation in a coarser type
 * gathers on the way to it, in units of that type's spacing at one, to first order. An oracle
 * written in such numbers gives values and {@link OpCase#magnitudes} at once.
 *
 * @param value the number
 * @param error of it
 */
record Rounded(double value, double error) {
  static final Rounded ZERO = new Rounded(0, 0);

  /** An input, which has no error. */
  static Rounded of(double value) {
    return new Rounded(value, 0);
  }

  Rounded plus(Rounded other) {
    double sum = value + other.value;
    return new Rounded(sum, error + other.error + Math.abs(sum));
  }

  Rounded minus(Rounded other) {
    return plus(new Rounded(-other.value, other.error));
  }

  Rounded times(Rounded other) {
    double product = value * other.value;
    return new Rounded(
        product, Math.abs(value) * other.error + Math.abs(other.value) * error + Math.abs(product));
  }

  Rounded sigmoid() {
    double y = 1 / (1 + Math.exp(-value));
    return new Rounded(y, y * (1 - y) * error + y);
  }

  Rounded tanh() {
    double y = Math.tanh(value);
    return new Rounded(y, (1 - y * y) * error + Math.abs(y));
  }

  Rounded relu() {
    return value < 0 ? ZERO : this;
  }

  /** {@code 1 - this}. */
  Rounded rest() {
    return of(1).minus(this);
  }

  /** {@code this (1 - this)}. */
  Rounded sigmoidSlope() {
    return times(rest());
  }

  /** {@code 1 - this²}. */
  Rounded tanhSlope() {
    return rest().times(of(1).plus(this));
  }
}
