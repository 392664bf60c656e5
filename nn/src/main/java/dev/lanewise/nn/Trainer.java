package dev.lanewise.nn;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of {@link Model#fit}. */
final class Trainer {
  private static final int ORDER = 0;
  private static final int PASS = 1;
  private static final int DATA = 2;

  private final Model model;
  private final Recipe recipe;
  private final Descent descent;
  private final Fit fit;
  private final SampleWeights weights;
  private final Listeners listeners;
  private final Judge judge;
  private BestWeights best;
  private BestWeights chosen;
  private RunState state;
  private TrainingControl control;
  private DataSet validation;
  private int epoch;
  private long before;
  private double rate;
  private boolean interrupted;

  Trainer(Model model, Recipe recipe, Descent descent, Fit fit) {
    this.model = model;
    this.recipe = recipe;
    this.descent = descent;
    this.fit = fit;
    this.weights = new SampleWeights(fit.classWeights(), fit.sampleWeights());
    this.listeners = new Listeners(fit.listeners());
    this.judge = new Judge(recipe.metrics());
  }

  /**
   * Trains.
   *
   * @param stream random numbers of the run; each epoch takes a substream
   * @param firstEpoch how many epochs the model has seen before
   */
  History run(DataSet data, Philox stream, long firstEpoch) {
    List<Epoch> epochs = new ArrayList<>();
    DataSet train = fit.trained(data);
    validation = fit.judged(data);
    try (Scope scope = model.scope().child("fit");
        Batches batches = batches(train, scope)) {
      if (fit.detectAnomaly()) {
        scope.detectAnomaly(true);
      }
      best = new BestWeights(model.parameters(), recipe.metrics(), scope);
      chosen = new BestWeights(model.parameters(), List.of(), scope);
      state = new RunState(fit, checkpoint(), best, chosen, listeners);
      control = new TrainingControl(descent, recipe.metrics(), () -> chosen.keep(epoch));
      listeners.each(listener -> listener.onFitBegin(model, fit, control));
      RunState.Position start = state.start(firstEpoch);
      start.reason().ifPresent(control::stop);
      before = start.epochsBefore();
      int last = start.reason().isPresent() ? start.epochs() : fit.epochs();
      for (epoch = start.epochs() + 1; epoch <= last && goesOn(epochs.size()); epoch++) {
        epochs.add(epoch(batches, stream.substream(before + epoch), start, scope));
        start = RunState.Position.after(before, epoch, Optional.empty());
      }
      History history = new History(epochs, isStopped(), keep(epoch - 1), control.reason());
      listeners.each(listener -> listener.onFitEnd(history));
      return history;
    }
  }

  private Batches batches(DataSet train, Scope scope) {
    return fit.prefetch() == 0
        ? new Batches(train, fit.batch(), scope)
        : Batches.prefetching(train, fit.batch(), fit.prefetch(), scope);
  }

  /** Where the run's state is kept, or null. */
  private Checkpoint checkpoint() {
    return fit.checkpoint() == null
        ? null
        : Checkpoint.of(fit.checkpoint()).model("model", model, descent);
  }

  /** A run makes a step at least. */
  private boolean goesOn(long made) {
    return made == 0 || !isStopped();
  }

  /** How many epochs the model has seen now, those of earlier runs included. */
  long epochsSeen() {
    return before + epoch - 1;
  }

  private boolean isStopped() {
    return interrupted || control.isStopped();
  }

  /** Gives the model the weights to end with; returns their epoch's number. */
  private int keep(int last) {
    boolean toBest = interrupted || fit.keepBest();
    BestWeights wanted = chosen.isPresent() || !toBest ? chosen : best;
    if (wanted.isPresent()) {
      wanted.restore();
      return wanted.epoch();
    }
    descent.useAverages();
    return last;
  }

  /**
   * One epoch.
   *
   * @param from what of the epoch an earlier run has made
   */
  private Epoch epoch(Batches batches, Philox stream, RunState.Position from, Scope scope) {
    listeners.each(listener -> listener.onEpochBegin(epoch, fit.epochs()));
    if (fit.shuffle()) {
      batches.order().shuffle(stream.substream(ORDER));
    }
    batches.epoch(stream.substream(DATA));
    judge.resume(from.samples(), from.losses());
    long made = from.steps();
    long start = System.nanoTime();
    for (long index = made; index < batches.count() && goesOn(index - made); index++) {
      step(batches, index, stream.substream(PASS).substream(index), scope);
      if (!listeners.isEmpty()) {
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        Progress progress =
            new Progress(epoch, fit.epochs(), index + 1, batches.count(), judge.scores(), time);
        listeners.each(listener -> listener.onBatchEnd(progress));
      }
      interrupted = fit.stopWhen().getAsBoolean();
      if (index + 1 < batches.count() && state.isDue(index + 1) && !control.isStopped()) {
        state.write(position(index + 1));
      }
    }
    boolean complete = !isStopped();
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    Epoch ended = new Epoch(epoch, judge.scores(), validate(scope), rate, time);
    listeners.each(listener -> listener.onEpochEnd(ended));
    if (complete && !interrupted) {
      state.write(RunState.Position.after(before, epoch, control.reason()));
    }
    return ended;
  }

  private RunState.Position position(long steps) {
    return new RunState.Position(
        before, epoch - 1, steps, judge.samples(), judge.losses(), Optional.empty());
  }

  private void step(Batches batches, long index, Philox stream, Scope scope) {
    batches.read(index);
    try (Scope step = scope.child("step")) {
      Tensor labels = batches.labels(index, step);
      Masked output = model.callMasked(batches.features(index, step), Pass.training(stream));
      Counted counted =
          Counted.of(recipe.loss(), labels, output, row -> batches.sample(index, row));
      Tensor mean =
          weights.areEven()
              ? counted.loss()
              : counted.loss(weights.of(batches, index, labels, output.values().dtype(), step));
      Tensor loss = Parameter.penalized(mean, model.parameters());
      rate = descent.rate();
      descent.step(loss);
      judge.add(counted, loss.value());
    }
  }

  private Optional<Scores> validate(Scope scope) {
    if (isStopped() || validation == null) {
      return Optional.empty();
    }
    Optional<Scores> scores =
        new Evaluation(model, recipe, scope).run(validation, fit.batch(), this::stopNow);
    scores.ifPresent(reached -> best.consider(epoch, reached));
    return scores;
  }

  private boolean stopNow() {
    interrupted |= fit.stopWhen().getAsBoolean();
    return isStopped();
  }
}
