package dev.lanewise.nn;

import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Calls listeners so that none of them can stop a run. */
final class Listeners {
  private static final System.Logger LOGGER = System.getLogger(FitListener.class.getName());

  private final List<FitListener> listeners;
  private final Set<FitListener> failed = new HashSet<>();

  Listeners(List<FitListener> listeners) {
    this.listeners = listeners;
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Calls each; the first failure of each is logged. */
  void each(Consumer<FitListener> call) {
    for (FitListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Exception | LinkageError | AssertionError thrown) {
        if (failed.add(listener)) {
          LOGGER.log(
              Level.WARNING,
              "fit: a listener failed, training goes on: " + listener.getClass().getName(),
              thrown);
        }
      }
    }
  }
}
