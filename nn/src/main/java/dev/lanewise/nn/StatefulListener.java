package dev.lanewise.nn;

import java.util.Map;

/**
 * A listener that decides by what it has heard before, such as one that counts epochs: a checkpoint
 * of the run keeps its state, so that a resumed run goes on as if it had not been interrupted.
 *
 * <p>In the next run the state is given to the listener of the same class; of several, the first of
 * the plan gets that of the first. What these methods throw is logged, as of any listener: the
 * checkpoint is then written without the state, or the listener begins anew.
 *
 * <pre>{@code
 * public Map<String, String> state() {
 *   return Map.of("best", Double.toString(best), "wait", Integer.toString(wait));
 * }
 *
 * public void restore(Map<String, String> state) {
 *   best = Double.parseDouble(state.get("best"));
 *   wait = Integer.parseInt(state.get("wait"));
 * }
 * }</pre>
 */
public interface StatefulListener extends FitListener {
  /**
   * What the listener must know to go on, by names of its own. Texts hold numbers exactly, NaN and
   * infinity among them: {@link Double#toString(double)} is undone by {@link Double#parseDouble}.
   */
  Map<String, String> state();

  /**
   * Goes on from a state that is not empty. Called after {@link #onFitBegin}, in which a listener
   * begins anew.
   *
   * @param state what {@link #state} gave when the checkpoint was written
   */
  void restore(Map<String, String> state);
}
