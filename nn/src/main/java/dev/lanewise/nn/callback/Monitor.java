package dev.lanewise.nn.callback;

import dev.lanewise.nn.TrainingControl;

/**
 * A value that a callback watches: which, and what counts as better.
 *
 * @param name as in {@link dev.lanewise.nn.Epoch#values}: {@code val_loss}
 * @param mode whether more or less is better
 * @param minDelta what a change must exceed to count
 */
record Monitor(String name, Mode mode, double minDelta) {
  Monitor {
    if (!(minDelta >= 0)) {
      throw new IllegalArgumentException("monitor: minDelta at least 0, not " + minDelta);
    }
  }

  Monitor name(String other) {
    return new Monitor(other, mode, minDelta);
  }

  Monitor mode(Mode other) {
    return new Monitor(name, other, minDelta);
  }

  Monitor minDelta(double other) {
    return new Monitor(name, mode, other);
  }

  /** This monitor with its mode decided by what the model says of the value. */
  Monitor of(TrainingControl control) {
    return mode != Mode.AUTO ? this : mode(control.isHigherBetter(name) ? Mode.MAX : Mode.MIN);
  }

  /** Whether a value is better than a reference by more than the least change; NaN never is. */
  boolean isBetter(double value, double reference) {
    return mode == Mode.MAX ? value - minDelta > reference : value + minDelta < reference;
  }

  /** What every number is better than. */
  double worst() {
    return mode == Mode.MAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }
}
