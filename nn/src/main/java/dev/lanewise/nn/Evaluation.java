package dev.lanewise.nn;

import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Judges a model on a set. */
final class Evaluation {
  private final Model model;
  private final Recipe recipe;
  private final Scope outer;

  /**
   * @param outer the scope that it works in a child of
   */
  Evaluation(Model model, Recipe recipe, Scope outer) {
    this.model = model;
    this.recipe = recipe;
    this.outer = outer;
  }

  /** Scores over the whole set, or nothing if told to stop before its end. */
  Optional<Scores> run(DataSet data, int batch, BooleanSupplier stop) {
    Judge judge = new Judge(recipe.metrics());
    try (Scope scope = outer.child("evaluate")) {
      Batches batches = new Batches(data, batch, scope);
      for (long index = 0; index < batches.count(); index++) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        judge(batches, index, judge, scope);
      }
    }
    return Optional.of(judge.scores());
  }

  private void judge(Batches batches, long index, Judge judge, Scope scope) {
    batches.read(index);
    try (Scope step = scope.child("step")) {
      Tensor labels = batches.labels(index, step);
      Masked output = model.callMasked(batches.features(index, step), Pass.inference());
      Counted counted =
          Counted.of(recipe.loss(), labels, output, row -> batches.sample(index, row));
      judge.add(counted, Parameter.penalized(counted.loss(), model.parameters()).value());
    }
  }
}
