package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.io.MappedRows;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.util.List;

/**
 * Samples with their labels, by number.
 *
 * <p>A sample is one row of a batch: features of one type and shape, and a label of one type and
 * shape (a class has none: its shape is {@code []}). Immutable; threads may share it.
 */
public interface DataSet {
  /**
   * A set in two parts.
   *
   * @param first the samples of the fraction that was asked for
   * @param rest all others
   */
  record Split(DataSet first, DataSet rest) {}

  /** How many samples there are. */
  long size();

  /** Type and shape of one sample's features. */
  Spec features();

  /** Type and shape of one sample's label. */
  Spec labels();

  /**
   * Copies a sample's features into one row of a batch.
   *
   * @param features row-major, its first axis that of the batch
   */
  void readFeatures(long sample, long row, Tensor features);

  /**
   * Copies a sample's label into one row of a batch.
   *
   * @param labels row-major, its first axis that of the batch
   */
  void readLabel(long sample, long row, Tensor labels);

  /**
   * Samples {@code from} to {@code to}, exclusive, over the same data.
   *
   * @throws IndexOutOfBoundsException if there are not that many
   */
  default DataSet slice(long from, long to) {
    return new Slice(this, from, to);
  }

  /**
   * The first {@code fraction} of the samples and the rest, in the order in which they stand.
   *
   * @throws IllegalArgumentException if a part would be empty
   */
  default Split split(double fraction) {
    long at = Math.round(size() * fraction);
    if (!(at > 0 && at < size())) {
      throw new IllegalArgumentException(
          "split: %s of %d samples: both parts need samples".formatted(fraction, size()));
    }
    return new Split(slice(0, at), slice(at, size()));
  }

  /**
   * A {@code fraction} of the samples, drawn at random, and the rest; the same for one seed.
   *
   * @throws IllegalArgumentException if a part would be empty
   */
  default Split split(double fraction, long seed) {
    return shuffled(seed).split(fraction);
  }

  /** The samples in an order drawn at random, the same for one seed. */
  default DataSet shuffled(long seed) {
    Order order = Order.of(size());
    order.shuffle(new Philox(seed, 0));
    return new Chosen(this, order);
  }

  /**
   * The samples of this set, then those of another.
   *
   * @throws IllegalArgumentException if types or shapes differ
   */
  default DataSet concat(DataSet other) {
    return new Concatenated(this, other);
  }

  /**
   * The set as one epoch of training sees it; the same unless samples are changed at random.
   *
   * @param stream the epoch's random numbers
   */
  default DataSet epoch(Philox stream) {
    return this;
  }

  /** The samples under another shape of the same size. */
  default DataSet reshaped(long... sample) {
    return new Reshaped(this, Shape.of(sample));
  }

  /**
   * The samples with their features changed at random, one augmentation after the other, in each
   * epoch of training differently.
   *
   * @param seed of what is drawn outside of training
   */
  default DataSet augmented(long seed, Augmentation... augmentations) {
    return new Augmented(this, new Philox(seed, 0), List.of(augmentations));
  }

  /** The features of this set, to be turned into those of another, sample by sample. */
  default DataSet to(DataSet targets) {
    return new Zipped(this, targets);
  }

  /**
   * Samples with a class each, over the caller's arrays, which must not change any more.
   *
   * @param sample shape of one sample
   * @param features all samples one after the other
   * @throws IllegalArgumentException if the arrays' lengths do not fit
   */
  static DataSet of(Shape sample, float[] features, int... classes) {
    return new Rows.Pair(Rows.of(sample, features), Rows.of(Shape.scalar(), classes));
  }

  /** Samples with a target each, over the caller's arrays, which must not change any more. */
  static DataSet of(Shape sample, float[] features, Shape target, float[] targets) {
    return new Rows.Pair(Rows.of(sample, features), Rows.of(target, targets));
  }

  /** Samples of one axis with a class each, copied. */
  static DataSet of(float[][] features, int... classes) {
    return new Rows.Pair(Rows.of(features), Rows.of(Shape.scalar(), classes));
  }

  /** Samples of one axis with targets of one axis, copied. */
  static DataSet of(float[][] features, float[][] targets) {
    return new Rows.Pair(Rows.of(features), Rows.of(targets));
  }

  /** Samples and labels copied out of two tensors, whose first axes count the samples. */
  static DataSet of(Tensor features, Tensor labels) {
    return new Rows.Pair(Rows.of(features), Rows.of(labels));
  }

  /**
   * Samples and labels that are read out of files when they are asked for.
   *
   * @throws IllegalArgumentException if there are not as many of both
   */
  static DataSet of(MappedRows features, MappedRows labels) {
    return new StreamedRows(features, labels);
  }
}
