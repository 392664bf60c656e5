package dev.lanewise.nn;

import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A copy of a model's weights from an epoch that did well. */
final class BestWeights {
  private final List<Parameter> parameters;
  private final List<Metric> metrics;
  private final Scope scope;
  private final List<Tensor> copies = new ArrayList<>();
  private Scores scores;
  private boolean present;
  private int epoch;

  /**
   * No copy yet.
   *
   * @param metrics what epochs are judged by
   * @param scope of the copy
   */
  BestWeights(List<Parameter> parameters, List<Metric> metrics, Scope scope) {
    this.parameters = parameters;
    this.metrics = metrics;
    this.scope = scope;
  }

  /** Copies the weights. */
  void keep(int number) {
    for (int i = 0; i < parameters.size(); i++) {
      copy(i, parameters.get(i).tensor());
    }
    present = true;
    epoch = number;
  }

  private void copy(int at, Tensor value) {
    if (at == copies.size()) {
      copies.add(value.copyTo(scope));
    } else {
      value.copyInto(copies.get(at));
    }
  }

  /** Copies the weights if the scores are the best so far. */
  void consider(int number, Scores reached) {
    if (scores == null || Judge.isBetter(metrics, reached, scores)) {
      keep(number);
      scores = reached;
    }
  }

  /**
   * Takes what another run had kept.
   *
   * @param reached null where the epoch was not judged
   * @param weights by the names of the parameters
   */
  void resume(int number, Scores reached, Map<String, Tensor> weights) {
    for (int i = 0; i < parameters.size(); i++) {
      copy(i, weights.get(parameters.get(i).name()));
    }
    present = true;
    epoch = number;
    scores = reached;
  }

  /** Whether weights are kept. */
  boolean isPresent() {
    return present;
  }

  /** The number of the epoch whose weights are kept, 0 for those before the first. */
  int epoch() {
    return epoch;
  }

  /** What the epoch reached, if it was judged. */
  Optional<Scores> scores() {
    return Optional.ofNullable(scores);
  }

  /** What epochs are judged by. */
  List<Metric> metrics() {
    return metrics;
  }

  /** The parameters whose values are kept. */
  List<Parameter> parameters() {
    return parameters;
  }

  /** The values kept by the names of their parameters, none if none are kept. */
  Map<String, Tensor> weights() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (int i = 0; i < copies.size(); i++) {
      weights.put(parameters.get(i).name(), copies.get(i));
    }
    return weights;
  }

  /** Gives the model the weights back, if there are any. */
  void restore() {
    for (int i = 0; i < copies.size(); i++) {
      parameters.get(i).assign(copies.get(i));
    }
  }
}
