package dev.lanewise.nn;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      call(listener, () -> call.accept(listener));
    }
  }

  private void call(FitListener listener, Runnable call) {
    try {
      call.run();
    } catch (Exception | LinkageError | AssertionError thrown) {
      if (failed.add(listener)) {
        LOGGER.log(
            Level.WARNING,
            "fit: a listener failed, training goes on: " + listener.getClass().getName(),
            thrown);
      }
    }
  }

  /** The states of those that have one, under names that are theirs in another run too. */
  Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    named().forEach((name, listener) -> call(listener, () -> put(name, listener, states)));
    return states;
  }

  private static void put(String name, StatefulListener listener, Map<String, String> states) {
    Map.copyOf(listener.state()).forEach((key, value) -> states.put(name + key, value));
  }

  /** Gives states back to those that have one; who gets none is told of in the log. */
  void restore(Map<String, String> states) {
    named()
        .forEach(
            (name, listener) ->
                call(listener, () -> restore(listener, Checkpoint.behind(name, states))));
  }

  private static void restore(StatefulListener listener, Map<String, String> state) {
    if (!state.isEmpty()) {
      listener.restore(state);
    } else if (!listener.state().isEmpty()) {
      LOGGER.log(
          Level.WARNING,
          "fit: the checkpoint has no state of a listener, which begins anew: "
              + listener.getClass().getName());
    }
  }

  /** Stateful listeners by their class and number within it, with a dot behind. */
  private Map<String, StatefulListener> named() {
    Map<String, StatefulListener> named = new LinkedHashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (FitListener listener : listeners) {
      if (listener instanceof StatefulListener stateful) {
        String type = listener.getClass().getName();
        named.put(type + "." + counts.merge(type, 1, Integer::sum) + ".", stateful);
      }
    }
    return named;
  }
}
