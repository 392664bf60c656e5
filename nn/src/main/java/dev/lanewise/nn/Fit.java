package dev.lanewise.nn;

import dev.lanewise.nn.data.DataSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongToDoubleFunction;

/**
 * How a model is trained. Immutable.
 *
 * @param epochs how often all samples are visited
 * @param batch samples per step
 * @param validation judged after each epoch, or null
 * @param validationSplit the part of the samples, the last ones, that is not trained on and judged
 *     instead, from 0 below 1
 * @param classWeights how much the samples of a class count in the training loss; 1 where missing
 * @param sampleWeights how much a sample counts, by its number in the set; or null
 * @param seed what order and dropout are drawn from; the model's own where empty
 * @param shuffle whether each epoch visits the samples in another order
 * @param keepBest whether the run ends with the weights of its best epoch instead of the last
 * @param stopWhen asked after each step; the run ends when it says so
 * @param listeners told of what happens
 * @param checkpoint where the run's state is kept, or null
 * @param checkpointSteps steps from one checkpoint to the next within an epoch; 0 for one after
 *     each epoch only
 * @param resume whether the run goes on from the checkpoint if there is one
 * @param detectAnomaly whether the first NaN or infinity ends the run with an error that names the
 *     operator and the layer
 * @param prefetch how many batches are assembled ahead on another thread; 0 for none
 */
public record Fit(
    int epochs,
    int batch,
    DataSet validation,
    double validationSplit,
    Map<Integer, Double> classWeights,
    LongToDoubleFunction sampleWeights,
    OptionalLong seed,
    boolean shuffle,
    boolean keepBest,
    BooleanSupplier stopWhen,
    List<FitListener> listeners,
    Path checkpoint,
    long checkpointSteps,
    boolean resume,
    boolean detectAnomaly,
    int prefetch) {
  /** Checks the numbers and copies the collections. */
  public Fit {
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "fit: epochs " + epochs + ", batch " + batch + ": both at least one");
    }
    if (!(validationSplit >= 0 && validationSplit < 1)) {
      throw new IllegalArgumentException(
          "fit: validation split from 0 below 1, not " + validationSplit);
    }
    if (checkpointSteps < 0 || (resume && checkpoint == null)) {
      throw new IllegalArgumentException(
          checkpointSteps < 0
              ? "fit: checkpoint every " + checkpointSteps + " steps"
              : "fit: nothing to resume from: no checkpoint is given");
    }
    if (prefetch < 0) {
      throw new IllegalArgumentException("fit: batches ahead at least 0, not " + prefetch);
    }
    classWeights = Map.copyOf(classWeights);
    listeners = List.copyOf(listeners);
  }

  /** So many epochs of shuffled batches of 32. */
  public static Fit epochs(int epochs) {
    return new Draft(epochs).fit();
  }

  /** This plan with so many samples per step. */
  public Fit batch(int other) {
    Draft draft = new Draft(this);
    draft.batch = other;
    return draft.fit();
  }

  /** This plan with a set that is judged after each epoch. */
  public Fit validation(DataSet data) {
    Draft draft = new Draft(this);
    draft.validation = data;
    draft.validationSplit = 0;
    return draft.fit();
  }

  /**
   * This plan with the last part of the samples, as the set holds them, judged after each epoch
   * instead of trained on: the {@code n (1 - fraction)} samples before it are.
   */
  public Fit validationSplit(double fraction) {
    Draft draft = new Draft(this);
    draft.validation = null;
    draft.validationSplit = fraction;
    return draft.fit();
  }

  /**
   * This plan with samples that count by their class, in the training loss only. Labels are classes
   * as numbers, one for each sample, or distributions over the classes.
   */
  public Fit classWeights(Map<Integer, Double> weights) {
    Draft draft = new Draft(this);
    draft.classWeights = weights;
    return draft.fit();
  }

  /** This plan with samples that count by their number in the set, in the training loss only. */
  public Fit sampleWeights(LongToDoubleFunction weights) {
    Draft draft = new Draft(this);
    draft.sampleWeights = weights;
    return draft.fit();
  }

  /** This plan with a seed of its own. */
  public Fit seed(long other) {
    Draft draft = new Draft(this);
    draft.seed = OptionalLong.of(other);
    return draft.fit();
  }

  /** This plan with samples shuffled, or in the order of the set. */
  public Fit shuffle(boolean wanted) {
    Draft draft = new Draft(this);
    draft.shuffle = wanted;
    return draft.fit();
  }

  /**
   * This plan ending with the weights of the epoch that did best on the validation set: by the
   * first metric, then the loss. Without a validation set there is no best.
   */
  public Fit keepBest(boolean wanted) {
    Draft draft = new Draft(this);
    draft.keepBest = wanted;
    return draft.fit();
  }

  /**
   * This plan ended early, after the step in which {@code stop} becomes true; the model then has
   * the weights of the best epoch so far, as {@link #keepBest} says, else the latest.
   */
  public Fit stopWhen(BooleanSupplier stop) {
    Draft draft = new Draft(this);
    draft.stopWhen = stop;
    return draft.fit();
  }

  /** This plan with one more listener. */
  public Fit listener(FitListener listener) {
    Draft draft = new Draft(this);
    draft.listeners = new ArrayList<>(listeners);
    draft.listeners.add(listener);
    return draft.fit();
  }

  /**
   * This plan with everything that the run needs to go on written to a file after each epoch: see
   * {@link Checkpoint}. A write that fails is logged and leaves the file before it.
   */
  public Fit checkpoint(Path file) {
    return checkpoint(file, 0);
  }

  /** As {@link #checkpoint(Path)}, and after every so many steps of an epoch as well. */
  public Fit checkpoint(Path file, long steps) {
    Draft draft = new Draft(this);
    draft.checkpoint = file;
    draft.checkpointSteps = steps;
    return draft.fit();
  }

  /**
   * This plan going on from its checkpoint, if the file exists: with the same model, data and plan
   * all becomes what it would have been without the interruption, bit for bit: the weights, the
   * best of {@link #keepBest}, and what each {@link StatefulListener} decides. The history is that
   * of the epochs made since; an epoch that is gone on with begins once more for listeners, and its
   * training metrics, the loss apart, count the samples since.
   *
   * <p>A run that a listener had ended after an epoch is over: it makes no step, and ends with the
   * same weights and reason. One that {@link #stopWhen} had interrupted goes on.
   *
   * <p>A file that lacks the state of a listener or the best weights, as older versions wrote it,
   * is gone on from; the listener, or the best, begins anew, and the log says so.
   */
  public Fit resume(boolean wanted) {
    Draft draft = new Draft(this);
    draft.resume = wanted;
    return draft.fit();
  }

  /**
   * This plan with all that is computed looked at: the first NaN or infinity, forward or in a
   * gradient, ends {@link Model#fit} with an {@link dev.lanewise.tensor.AnomalyException} that
   * names the operator, its operands and the layer. The weights become the same, bit for bit; steps
   * take longer.
   */
  public Fit detectAnomaly(boolean wanted) {
    Draft draft = new Draft(this);
    draft.detectAnomaly = wanted;
    return draft.fit();
  }

  /**
   * This plan with up to so many training batches assembled ahead, on a thread of its own that ends
   * with the run: worth it where samples take long to read and a core is free. The result is the
   * same, bit for bit. The set is then read by that thread and must not mind; what it throws there
   * ends {@link Model#fit}. Memory is needed for one batch more.
   */
  public Fit prefetch(int batches) {
    Draft draft = new Draft(this);
    draft.prefetch = batches;
    return draft.fit();
  }

  /**
   * The samples of a set that are trained on.
   *
   * @throws IllegalArgumentException if a split leaves none to train on or none to judge
   */
  DataSet trained(DataSet data) {
    return validationSplit == 0 ? data : data.slice(0, splitAt(data));
  }

  /** The samples that are judged after each epoch, or null. */
  DataSet judged(DataSet data) {
    return validationSplit == 0 ? validation : data.slice(splitAt(data), data.size());
  }

  /** Whether something is judged after each epoch. */
  boolean isJudged() {
    return validation != null || validationSplit > 0;
  }

  private long splitAt(DataSet data) {
    long at = (long) Math.floor(data.size() * (1 - validationSplit));
    if (at == 0 || at == data.size()) {
      throw new IllegalArgumentException(
          "fit: a validation split of %s leaves %d of %d samples to train on"
              .formatted(validationSplit, at, data.size()));
    }
    return at;
  }

  /** A plan being changed. */
  private static final class Draft {
    private final int epochs;
    private int batch = 32;
    private DataSet validation;
    private double validationSplit;
    private Map<Integer, Double> classWeights = Map.of();
    private LongToDoubleFunction sampleWeights;
    private OptionalLong seed = OptionalLong.empty();
    private boolean shuffle = true;
    private boolean keepBest;
    private BooleanSupplier stopWhen = () -> false;
    private List<FitListener> listeners = List.of();
    private Path checkpoint;
    private long checkpointSteps;
    private boolean resume;
    private boolean detectAnomaly;
    private int prefetch;

    Draft(int epochs) {
      this.epochs = epochs;
    }

    Draft(Fit fit) {
      epochs = fit.epochs;
      batch = fit.batch;
      validation = fit.validation;
      validationSplit = fit.validationSplit;
      classWeights = fit.classWeights;
      sampleWeights = fit.sampleWeights;
      seed = fit.seed;
      shuffle = fit.shuffle;
      keepBest = fit.keepBest;
      stopWhen = fit.stopWhen;
      listeners = fit.listeners;
      checkpoint = fit.checkpoint;
      checkpointSteps = fit.checkpointSteps;
      resume = fit.resume;
      detectAnomaly = fit.detectAnomaly;
      prefetch = fit.prefetch;
    }

    Fit fit() {
      return new Fit(
          epochs,
          batch,
          validation,
          validationSplit,
          classWeights,
          sampleWeights,
          seed,
          shuffle,
          keepBest,
          stopWhen,
          listeners,
          checkpoint,
          checkpointSteps,
          resume,
          detectAnomaly,
          prefetch);
    }
  }
}
