package dev.lanewise.bench.parity;

import dev.lanewise.tensor.DType;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How far two sides are apart after a task.
 *
 * @param loss the greatest difference of losses of a step, relative to the loss where that is
 *     greater than one
 * @param weight the greatest distance of a parameter, a buffer or an average, relative to its norm
 * @param worst the name of that parameter
 * @param together the distance of all of them together, relative to their norm
 * @param prediction the greatest distance of an output in inference after the last step, relative
 *     to its norm
 */
record Agreement(double loss, double weight, String worst, double together, double prediction) {
  private static final int SEED = 1;

  /**
   * What a precision demands.
   *
   * @param loss of losses
   * @param weight of each parameter
   * @param together of all parameters together, and of predictions
   */
  record Bounds(double loss, double weight, double together) {
    /**
     * In F32 a single parameter may be anywhere: the exact gradient of a bias before a batch
     * normalisation is zero, and Adam makes steps of full size of its rounding.
     */
    static Bounds of(DType dtype) {
      return dtype.equals(DType.F64)
          ? new Bounds(1e-8, 1e-7, 1e-7)
          : new Bounds(1e-3, Double.MAX_VALUE, 1e-3);
    }
  }

  /** A side in a precision. */
  record Trainee(Side side, DType dtype) {
    private Side.Training begin(Task task, Map<String, Values> start) {
      return side.begin(task.dtype(dtype), start);
    }
  }

  /** Whether all differences are within bounds; NaN never is. */
  boolean within(Bounds bounds) {
    return loss <= bounds.loss
        && weight <= bounds.weight
        && together <= bounds.together
        && prediction <= bounds.together;
  }

  /** Trains two on the same batches from the same weights. */
  static Agreement of(Case row, int steps, Trainee ours, Trainee theirs) {
    Task task = row.task();
    Map<String, Values> start = Start.of(task, new SplittableRandom(SEED));
    SplittableRandom random = new SplittableRandom(SEED + 1);
    try (Side.Training mine = ours.begin(task, start);
        Side.Training other = theirs.begin(task, start)) {
      double loss = 0;
      Batch batch = null;
      for (int step = 0; step < steps; step++) {
        batch = row.batches().next(random);
        loss = greater(loss, difference(mine.step(batch), other.step(batch)));
      }
      Batch inputs = inputs(task, batch);
      double prediction = distance(mine.predict(inputs), other.predict(inputs));
      return of(loss, prediction, mine.weights(), other.weights());
    }
  }

  private static Agreement of(
      double loss, double prediction, Map<String, Values> mine, Map<String, Values> other) {
    if (!mine.keySet().equals(other.keySet())) {
      throw new IllegalStateException(
          "parity: weights differ in name: " + mine.keySet() + " x " + other.keySet());
    }
    double weight = 0;
    String worst = "";
    double difference = 0;
    double norm = 0;
    for (Map.Entry<String, Values> entry : mine.entrySet()) {
      Values theirs = other.get(entry.getKey());
      double distance = entry.getValue().distance(theirs);
      difference = Math.hypot(difference, distance * theirs.scale());
      norm = Math.hypot(norm, theirs.norm());
      if (!(distance <= weight)) {
        weight = distance;
        worst = entry.getKey();
      }
    }
    double together = difference / (norm == 0 ? 1 : norm);
    return new Agreement(loss, weight, worst, together, prediction);
  }

  private static Batch inputs(Task task, Batch batch) {
    return switch (task) {
      case Task.Supervised _ -> batch.withoutLast();
      case Task.Adversarial _ -> Batch.of(batch.part(1));
      case Task.Variational _ -> Batch.of(batch.part(0));
    };
  }

  private static double difference(double[] mine, double[] other) {
    double greatest = 0;
    for (int i = 0; i < mine.length; i++) {
      double difference = Math.abs(mine[i] - other[i]) / Math.max(1, Math.abs(other[i]));
      greatest = greater(greatest, difference);
    }
    return greatest;
  }

  private static double distance(Values[] mine, Values[] other) {
    double greatest = 0;
    for (int i = 0; i < mine.length; i++) {
      greatest = greater(greatest, mine[i].distance(other[i]));
    }
    return greatest;
  }

  /** The greater one, NaN if one of them is. */
  private static double greater(double x, double y) {
    return Math.max(x, y);
  }
}
