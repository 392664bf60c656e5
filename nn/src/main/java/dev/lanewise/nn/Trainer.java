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
  private final RunState state;
  private final Listeners listeners;
  private final Judge judge;
  private final BestWeights best;
  private final BestWeights chosen;
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
    this.state = new RunState(model, descent, fit);
    this.listeners = new Listeners(fit.listeners());
    this.judge = new Judge(recipe.metrics());
    this.best = new BestWeights(model.parameters());
    this.chosen = new BestWeights(model.parameters());
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
    try (Scope scope = model.scope().child("fit")) {
      if (fit.detectAnomaly()) {
        scope.detectAnomaly(true);
      }
      Batches batches = new Batches(train, fit.batch(), scope);
      control = new TrainingControl(descent, recipe.metrics(), () -> chosen.keep(epoch, scope));
      listeners.each(listener -> listener.onFitBegin(model, fit, control));
      RunState.Position start = state.start(firstEpoch);
      before = start.epochsBefore();
      long made = start.steps();
      for (epoch = start.epochs() + 1; epoch <= fit.epochs() && goesOn(epochs.size()); epoch++) {
        epochs.add(epoch(batches, stream.substream(before + epoch), made, scope));
        made = 0;
      }
      History history = new History(epochs, isStopped(), keep(epoch - 1), control.reason());
      listeners.each(listener -> listener.onFitEnd(history));
      return history;
    }
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
   * @param made steps of the epoch that an earlier run has made
   */
  private Epoch epoch(Batches batches, Philox stream, long made, Scope scope) {
    listeners.each(listener -> listener.onEpochBegin(epoch, fit.epochs()));
    if (fit.shuffle()) {
      batches.order().shuffle(stream.substream(ORDER));
    }
    batches.epoch(stream.substream(DATA));
    judge.reset();
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
      if (index + 1 < batches.count() && state.isDue(index + 1)) {
        state.write(new RunState.Position(before, epoch - 1, index + 1));
      }
    }
    if (!isStopped()) {
      state.write(new RunState.Position(before, epoch, 0));
    }
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    Epoch ended = new Epoch(epoch, judge.scores(), validate(scope), rate, time);
    listeners.each(listener -> listener.onEpochEnd(ended));
    return ended;
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
    scores.ifPresent(reached -> best.consider(epoch, reached, recipe.metrics(), scope));
    return scores;
  }

  private boolean stopNow() {
    interrupted |= fit.stopWhen().getAsBoolean();
    return isStopped();
  }
}
