package dev.lanewise.bench.parity;

import java.util.List;

/**
 * What a step or a prediction is given, the batch axis first in each.
 *
 * @param parts inputs, and labels or draws behind them
 */
public record Batch(List<Values> parts) {
  /** Copies the list. */
  public Batch {
    parts = List.copyOf(parts);
  }

  static Batch of(Values... parts) {
    return new Batch(List.of(parts));
  }

  /** The part in a place, counted from the end where negative. */
  public Values part(int place) {
    return parts.get(place < 0 ? parts.size() + place : place);
  }

  /** All parts but the last. */
  public Batch withoutLast() {
    return new Batch(parts.subList(0, parts.size() - 1));
  }
}
