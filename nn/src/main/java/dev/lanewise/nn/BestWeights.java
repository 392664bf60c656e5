package dev.lanewise.nn;

import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A copy of a model's weights from an epoch that did well. */
final class BestWeights {
  private final List<Parameter> parameters;
  private final List<Tensor> copies = new ArrayList<>();
  private Scores scores;
  private boolean present;
  private int epoch;

  BestWeights(List<Parameter> parameters) {
    this.parameters = parameters;
  }

  /** Copies the weights, to {@code scope} the first time. */
  void keep(int number, Scope scope) {
    for (int i = 0; i < parameters.size(); i++) {
      if (!present) {
        copies.add(parameters.get(i).tensor().copyTo(scope));
      } else {
        parameters.get(i).tensor().copyInto(copies.get(i));
      }
    }
    present = true;
    epoch = number;
  }

  /** Copies the weights, to {@code scope} the first time, if the scores are the best so far. */
  void consider(int number, Scores reached, List<Metric> metrics, Scope scope) {
    if (scores == null || Judge.isBetter(metrics, reached, scores)) {
      keep(number, scope);
      scores = reached;
    }
  }

  /** Whether weights are kept. */
  boolean isPresent() {
    return present;
  }

  /** The number of the epoch whose weights are kept, 0 for those before the first. */
  int epoch() {
    return epoch;
  }

  /** Gives the model the weights back, if there are any. */
  void restore() {
    for (int i = 0; i < copies.size(); i++) {
      parameters.get(i).assign(copies.get(i));
    }
  }
}
