package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/**
 * The batches of a data set in some order, assembled one at a time in the same two tensors.
 *
 * <p>The last batch is what is left over and may be smaller. {@link #read} overwrites the batch
 * before.
 *
 * <p>{@link #prefetching} assembles the batches that follow on another thread while one is used:
 * the same batches, bit for bit. Such batches are closed after use, before their scope is; others
 * need not be.
 */
public final class Batches implements AutoCloseable {
  private final DataSet whole;
  private final int batch;
  private final Order order;
  private final Tensor features;
  private final Tensor labels;

  /** Null where batches are assembled by the caller. */
  private final Prefetch ahead;

  /** The set as the present epoch sees it. */
  private DataSet data;

  private long epochs;

  /**
   * Batches of {@code batch} samples, in the order in which the set holds them until {@link #order}
   * is changed.
   */
  public Batches(DataSet data, int batch, Scope scope) {
    this(data, batch, 0, scope);
  }

  private Batches(DataSet data, int batch, int ahead, Scope scope) {
    if (batch < 1) {
      throw new IllegalArgumentException("batches: at least one sample a batch, not " + batch);
    }
    this.whole = data;
    this.data = data;
    this.batch = (int) Math.min(batch, Math.max(1, data.size()));
    this.order = Order.of(data.size());
    if (ahead == 0) {
      this.features = empty(scope, data.features());
      this.labels = empty(scope, data.labels());
      this.ahead = null;
    } else {
      this.features = null;
      this.labels = null;
      this.ahead =
          new Prefetch(
              ahead, scope, () -> empty(scope, data.features()), () -> empty(scope, data.labels()));
    }
  }

  /**
   * Batches that are assembled ahead on a thread of their own, as soon as one of them is read: up
   * to {@code ahead} of them while another is used. What the data set throws there, {@link #read}
   * throws. The order may change between any two batches; what was assembled for the old one is
   * then assembled anew.
   *
   * @param ahead at least one; memory is needed for one batch more
   */
  public static Batches prefetching(DataSet data, int batch, int ahead, Scope scope) {
    if (ahead < 1) {
      throw new IllegalArgumentException("batches: at least one batch ahead, not " + ahead);
    }
    return new Batches(data, batch, ahead, scope);
  }

  private Tensor empty(Scope scope, Spec sample) {
    long[] extents = new long[sample.shape().rank() + 1];
    extents[0] = batch;
    System.arraycopy(sample.shape().extents(), 0, extents, 1, extents.length - 1);
    return scope.empty(sample.dtype(), Shape.of(extents));
  }

  /** The order of the samples. */
  public Order order() {
    return order;
  }

  /**
   * Begins an epoch of training: batches read from now on have the samples as the set shows them in
   * this epoch, which differ from others' if they are changed at random.
   *
   * @param stream the epoch's random numbers
   */
  public void epoch(Philox stream) {
    data = whole.epoch(stream);
    epochs++;
  }

  DataSet data() {
    return data;
  }

  /** A number that grows whenever batches are no longer what they were. */
  long changes() {
    return order.changes() + epochs;
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
    if (ahead != null) {
      ahead.read(this, index);
      return;
    }
    int rows = rows(index);
    for (int row = 0; row < rows; row++) {
      long sample = sample(index, row);
      data.readFeatures(sample, row, features);
      data.readLabel(sample, row, labels);
    }
  }

  /** The features of the batch read last, results in {@code scope}. */
  public Tensor features(long index, Scope scope) {
    return first(ahead == null ? features : ahead.features(index), rows(index), scope);
  }

  /** The labels of the batch read last, results in {@code scope}. */
  public Tensor labels(long index, Scope scope) {
    return first(ahead == null ? labels : ahead.labels(index), rows(index), scope);
  }

  private static Tensor first(Tensor rows, int count, Scope scope) {
    Tensor borrowed = rows.in(scope);
    return count == rows.extent(0) ? borrowed : borrowed.slice(0, 0, count);
  }

  /** Ends the thread that assembles batches ahead, if there is one; once closed, stays closed. */
  @Override
  public void close() {
    if (ahead != null) {
      ahead.close();
    }
  }
}
