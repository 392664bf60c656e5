package dev.lanewise.nn;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of {@link Model#fit}. */
final class Trainer {
  private static final int ORDER = 0;
  private static final int PASS = 1;

  private final Model model;
  private final Recipe recipe;
  private final Descent descent;
  private final Fit fit;
  private final Listeners listeners;
  private final Judge judge;
  private final BestWeights best;
  private boolean stopped;

  Trainer(Model model, Recipe recipe, Descent descent, Fit fit) {
    this.model = model;
    this.recipe = recipe;
    this.descent = descent;
    this.fit = fit;
    this.listeners = new Listeners(fit.listeners());
    this.judge = new Judge(recipe.metrics());
    this.best = new BestWeights(model.parameters(), recipe.metrics());
  }

  /**
   * Trains.
   *
   * @param stream random numbers of the run; each epoch takes a substream
   * @param firstEpoch how many epochs the model has seen before
   */
  History run(DataSet train, Philox stream, long firstEpoch) {
    List<Epoch> epochs = new ArrayList<>();
    try (Scope scope = model.scope().child("fit")) {
      Batches batches = new Batches(train, fit.batch(), scope);
      listeners.each(listener -> listener.onFitBegin(model, fit));
      for (int number = 1; number <= fit.epochs() && !stopped; number++) {
        epochs.add(epoch(number, batches, stream.substream(firstEpoch + number), scope));
      }
      int kept = epochs.size();
      if ((stopped || fit.keepBest()) && best.epoch() > 0) {
        best.restore();
        kept = best.epoch();
      }
      History history = new History(epochs, stopped, kept);
      listeners.each(listener -> listener.onFitEnd(history));
      return history;
    }
  }

  private Epoch epoch(int number, Batches batches, Philox stream, Scope scope) {
    listeners.each(listener -> listener.onEpochBegin(number, fit.epochs()));
    if (fit.shuffle()) {
      batches.order().shuffle(stream.substream(ORDER));
    }
    judge.reset();
    long start = System.nanoTime();
    for (long index = 0; index < batches.count() && !stopped; index++) {
      step(batches, index, stream.substream(PASS).substream(index), scope);
      if (!listeners.isEmpty()) {
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        Progress progress =
            new Progress(number, fit.epochs(), index + 1, batches.count(), judge.scores(), time);
        listeners.each(listener -> listener.onBatchEnd(progress));
      }
      stopped = fit.stopWhen().getAsBoolean();
    }
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    Optional<Scores> validation = validate(number, scope);
    Epoch epoch = new Epoch(number, judge.scores(), validation, time);
    listeners.each(listener -> listener.onEpochEnd(epoch));
    return epoch;
  }

  private void step(Batches batches, long index, Philox stream, Scope scope) {
    batches.read(index);
    try (Scope step = scope.child("step")) {
      Tensor labels = batches.labels(index, step);
      Tensor prediction = model.call(batches.features(index, step), Pass.training(stream));
      recipe.loss().check(labels, prediction.shape(), row -> batches.sample(index, row));
      Tensor loss = recipe.loss().apply(labels, prediction);
      descent.step(Gradients.of(loss));
      judge.add(labels, prediction, loss.value());
    }
  }

  private Optional<Scores> validate(int number, Scope scope) {
    if (stopped || fit.validation() == null) {
      return Optional.empty();
    }
    Optional<Scores> scores =
        new Evaluation(model, recipe).run(fit.validation(), fit.batch(), this::stopNow);
    scores.ifPresent(reached -> best.consider(number, reached, scope));
    return scores;
  }

  private boolean stopNow() {
    stopped |= fit.stopWhen().getAsBoolean();
    return stopped;
  }
}
