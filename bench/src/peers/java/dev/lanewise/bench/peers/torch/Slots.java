package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.Map;

/** What an optimizer keeps for one parameter, in a manager that outlives its steps. */
final class Slots {
  private final NDManager manager;
  private final Map<String, NDArray> kept = new HashMap<>();

  Slots(NDManager manager) {
    this.manager = manager;
  }

  /** A slot; the first time every element is {@code initial}. */
  NDArray get(String name, NDArray parameter, double initial) {
    NDArray known = kept.get(name);
    return known == null ? set(name, parameter.stopGradient().zerosLike().add(initial)) : known;
  }

  /** Keeps another array under a name; returns it. */
  NDArray set(String name, NDArray value) {
    NDArray before = kept.put(name, value);
    if (before != null) {
      before.close();
    }
    value.attach(manager);
    return value;
  }

  /** The slot of a name, or null. */
  NDArray get(String name) {
    return kept.get(name);
  }

  /** Lends all slots to a manager, so that what is computed from them ends with it. */
  void lend(NDManager borrower) {
    kept.values().forEach(slot -> slot.tempAttach(borrower));
  }
}
