package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/**
 * The batches of a data set in some order, assembled one at a time in the same two tensors.
 *
 * <p>The last batch is what is left over and may be smaller. {@link #read} overwrites the batch
 * before.
 */
public final class Batches {
  private final DataSet whole;
  private final int batch;
  private final Order order;
  private final Tensor features;
  private final Tensor labels;
  private DataSet data;

  /**
   * Batches of {@code batch} samples, in the order in which the set holds them until {@link #order}
   * is changed.
   */
  public Batches(DataSet data, int batch, Scope scope) {
    if (batch < 1) {
      throw new IllegalArgumentException("batches: at least one sample a batch, not " + batch);
    }
    this.whole = data;
    this.data = data;
    this.batch = (int) Math.min(batch, Math.max(1, data.size()));
    this.order = Order.of(data.size());
    this.features = empty(scope, data.features());
    this.labels = empty(scope, data.labels());
  }

  private Tensor empty(Scope scope, Spec sample) {
    return scope.empty(sample.dtype(), sample.shape().inserted(0, batch));
  }

  /** The order of the samples. */
  public Order order() {
    return order;
  }

  /**
   * Takes the samples as one epoch of training sees them from now on.
   *
   * @param stream the epoch's random numbers
   */
  public void epoch(Philox stream) {
    data = whole.epoch(stream);
  }

  /** How many batches there are. */
  public long count() {
    return Math.ceilDiv(data.size(), batch);
  }

  /** How many samples batch {@code index} has. */
  public int rows(long index) {
    return (int) Math.min(batch, data.size() - index * batch);
  }

  /** The number in the data set of a row of batch {@code index}. */
  public long sample(long index, long row) {
    return order.at(index * batch + row);
  }

  /** Assembles batch {@code index}. */
  public void read(long index) {
    int rows = rows(index);
    for (int row = 0; row < rows; row++) {
      long sample = sample(index, row);
      data.readFeatures(sample, row, features);
      data.readLabel(sample, row, labels);
    }
  }

  /** The features of the batch read last, results in {@code scope}. */
  public Tensor features(long index, Scope scope) {
    return first(features, rows(index), scope);
  }

  /** The labels of the batch read last, results in {@code scope}. */
  public Tensor labels(long index, Scope scope) {
    return first(labels, rows(index), scope);
  }

  private static Tensor first(Tensor rows, int count, Scope scope) {
    Tensor borrowed = rows.in(scope);
    return count == rows.extent(0) ? borrowed : borrowed.slice(0, 0, count);
  }
}
