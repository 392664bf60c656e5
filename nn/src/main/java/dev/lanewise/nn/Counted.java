package dev.lanewise.nn;

import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Gather;
import dev.lanewise.tensor.op.Sigmoid;
import dev.lanewise.tensor.op.Softmax;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * A batch as its loss and its metrics see it: labels and predictions of the places that count.
 *
 * <p>Where the output of a model has a mask, {@code [n, t]} for sequences, these are gathered, one
 * behind the other in the order of samples and steps, {@code [places, ...]}, as if each were a
 * sample. So a mean is one over the places that count, as in Keras; no gradient comes from the
 * others, and their labels may be anything. Without a mask it is the batch as it stands.
 */
public final class Counted {
  private final Loss loss;
  private final Masked output;
  private final Tensor labels;
  private final Tensor prediction;

  /** The row of the batch that each place is in; null where there is no mask. */
  private final Tensor rows;

  private Counted(Loss loss, Masked output, Tensor labels, Tensor prediction, Tensor rows) {
    this.loss = loss;
    this.output = output;
    this.labels = labels;
    this.prediction = prediction;
    this.rows = rows;
  }

  /**
   * Checks the labels of a batch and takes what counts; results live where the output does.
   *
   * @param labels as the loss wants them for all of the output, in its scope or around it
   * @param output what {@link Model#callMasked} gave
   * @param sample the number in the data set of a row of the batch, for errors
   * @throws IllegalArgumentException as {@link Loss#check} does, for the places that count; or if
   *     labels do not begin with the axes of a mask
   */
  public static Counted of(Loss loss, Tensor labels, Masked output, LongUnaryOperator sample) {
    Tensor prediction = output.values();
    if (!output.isMasked()) {
      loss.check(labels, prediction.shape(), sample);
      return new Counted(loss, output, labels, prediction, null);
    }
    Shape mask = output.mask().shape();
    if (!begins(labels.shape(), mask)) {
      loss.check(labels, prediction.shape(), sample);
      throw new IllegalArgumentException(
          "%s: labels for each place of the mask expected: labels %s x prediction %s x mask %s"
              .formatted(loss.name(), labels.spec(), prediction.shape(), mask));
    }
    byte[] bits = output.mask().toBytes();
    int steps = steps(mask);
    long[] places = LongStream.range(0, bits.length).filter(i -> bits[(int) i] != 0).toArray();
    long[] rows = Arrays.stream(places).map(place -> place / steps).toArray();
    check(loss, labels, output, places, sample);
    Tensor wanted = indices(prediction, places);
    return new Counted(
        loss,
        output,
        gathered(labels, mask, wanted),
        predicted(prediction, mask, wanted),
        indices(prediction, rows));
  }

  private static boolean begins(Shape labels, Shape mask) {
    return labels.rank() >= mask.rank()
        && Arrays.equals(Arrays.copyOf(labels.extents(), mask.rank()), mask.extents());
  }

  /** How many places a sample has. */
  private static int steps(Shape mask) {
    return Math.toIntExact(mask.without(0).size());
  }

  /**
   * Checks the samples in which some place counts, others having the label of the first that does.
   */
  private static void check(
      Loss loss, Tensor labels, Masked output, long[] places, LongUnaryOperator sample) {
    Shape mask = output.mask().shape();
    int steps = steps(mask);
    long[] known = Arrays.stream(places).map(place -> place / steps).distinct().toArray();
    long[] shown = new long[Math.multiplyExact(known.length, steps)];
    int next = 0;
    for (int i = 0; i < known.length; i++) {
      long first = places[next];
      for (int step = 0; step < steps; step++) {
        boolean counts = next < places.length && places[next] == known[i] * steps + step;
        shown[i * steps + step] = counts ? places[next++] : first;
      }
    }
    loss.check(
        gathered(labels, mask, indices(output.values(), shown))
            .reshape(labels.shape().with(0, known.length)),
        output.values().shape().with(0, known.length),
        row -> sample.applyAsLong(known[(int) row]));
  }

  /**
   * The predictions in these places. Where a softmax or a sigmoid has made them, its operand is
   * gathered and it is applied again, so that a loss still finds the logits.
   */
  private static Tensor predicted(Tensor prediction, Shape mask, Tensor places) {
    Op last = prediction.isTracked() ? prediction.origin().op() : null;
    boolean isInside =
        last instanceof Softmax softmax
            && mask.rank() < prediction.rank()
            && prediction.shape().axis(last.name(), softmax.axis()) == prediction.rank() - 1;
    if (!isInside && !(last instanceof Sigmoid)) {
      return gathered(prediction, mask, places);
    }
    Tensor logits = gathered(prediction.origin().input(0), mask, places);
    return isInside ? logits.softmax(-1) : logits.sigmoid();
  }

  /** The values in these places: {@code [n, t, ...]} becomes {@code [places, ...]}. */
  private static Tensor gathered(Tensor x, Shape mask, Tensor places) {
    long[] extents = Arrays.copyOfRange(x.shape().extents(), mask.rank() - 1, x.rank());
    extents[0] = mask.size();
    return x.reshape(extents).apply(new Gather(0), places);
  }

  private static Tensor indices(Tensor prediction, long[] values) {
    return prediction.scope().tensor(Shape.of(values.length), values);
  }

  /** How many samples there are, those in which nothing counts among them. */
  public long samples() {
    return output.values().extent(0);
  }

  /** Whether there is a mask and no place counts. */
  public boolean isEmpty() {
    return rows != null && rows.size() == 0;
  }

  /** The labels. */
  public Tensor labels() {
    return labels;
  }

  /** The predictions, as many. */
  public Tensor prediction() {
    return prediction;
  }

  /** The mean loss, a scalar that gradients can be asked of; zero where no place counts. */
  public Tensor loss() {
    return isEmpty() ? nothing() : loss.apply(labels, prediction);
  }

  /**
   * The mean loss of places that count as much as their samples.
   *
   * @param weights one for each sample, {@code [n]}, of the prediction's type
   */
  public Tensor loss(Tensor weights) {
    if (isEmpty()) {
      return nothing();
    }
    Tensor each = rows == null ? weights : weights.apply(new Gather(0), rows);
    return loss.apply(labels, prediction, each);
  }

  /** Zero, with gradients that are zero. */
  private Tensor nothing() {
    return output.counted().sum();
  }
}
