package dev.lanewise.nn;

import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A copy of a model's weights from the epoch that did best on the validation set. */
final class BestWeights {
  private final List<Parameter> parameters;
  private final List<Metric> metrics;
  private final List<Tensor> copies = new ArrayList<>();
  private Scores scores;
  private int epoch;

  BestWeights(List<Parameter> parameters, List<Metric> metrics) {
    this.parameters = parameters;
    this.metrics = metrics;
  }

  /** Copies the weights, to {@code scope} the first time, if the scores are the best so far. */
  void consider(int number, Scores reached, Scope scope) {
    if (scores != null && !Judge.isBetter(metrics, reached, scores)) {
      return;
    }
    for (int i = 0; i < parameters.size(); i++) {
      if (scores == null) {
        copies.add(parameters.get(i).tensor().copyTo(scope));
      } else {
        parameters.get(i).tensor().copyInto(copies.get(i));
      }
    }
    scores = reached;
    epoch = number;
  }

  /** The number of the best epoch, 0 if none was considered. */
  int epoch() {
    return epoch;
  }

  /** Gives the model the best weights back, if there are any. */
  void restore() {
    for (int i = 0; i < copies.size(); i++) {
      parameters.get(i).assign(copies.get(i));
    }
  }
}
