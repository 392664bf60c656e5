package dev.lanewise.nn.weight;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.util.Optional;

/**
 * What a layer carries from one batch to the next, such as the last state of a recurrent layer: a
 * row for each sample, zeros before the first batch.
 *
 * <p>The first batch fixes how many samples batches have until {@link #reset}. No gradient goes
 * from a batch to the one before. Since its extent is that of a batch, it is no weight: files of
 * weights leave it out, checkpoints of a run have it.
 */
public final class State {
  private final String name;
  private final Scope scope;
  private final DType dtype;
  private final Shape sample;
  private Tensor memory;
  private boolean isKept;

  State(String name, Scope scope, DType dtype, Shape sample) {
    this.name = name;
    this.scope = scope;
    this.dtype = dtype;
    this.sample = sample;
  }

  /** The full name, such as {@code lstm.h}. */
  public String name() {
    return name;
  }

  /** What was kept of the last batch, if there was one since the last {@link #reset}. */
  public Optional<Tensor> value() {
    return isKept ? Optional.of(memory) : Optional.empty();
  }

  /** Whether a tensor is a value for batches of some number of samples. */
  public boolean takes(Spec value) {
    return value.dtype().equals(dtype)
        && value.shape().rank() == sample.rank() + 1
        && value.shape().without(0).equals(sample);
  }

  /**
   * What the batch {@code [n, ...]} begins with, a copy in its scope.
   *
   * @throws IllegalArgumentException if the batch before had another number of samples
   */
  public Tensor before(Tensor batch) {
    Shape shape = sample.inserted(0, batch.extent(0));
    requireSamples(batch.extent(0));
    return isKept ? memory.copyTo(batch.scope()) : batch.scope().zeros(dtype, shape);
  }

  /**
   * Keeps the value for the next batch, as a copy.
   *
   * @throws IllegalArgumentException if it is none, or the batch before had another number of
   *     samples
   */
  public void keep(Tensor value) {
    if (!takes(value.spec())) {
      throw new IllegalArgumentException(
          "state: '%s' is of %s %s for each sample: %s"
              .formatted(name, dtype, sample, value.spec()));
    }
    requireSamples(value.extent(0));
    if (memory == null || memory.extent(0) != value.extent(0)) {
      memory = scope.empty(dtype, value.shape());
    }
    value.untracked().copyInto(memory);
    isKept = true;
  }

  private void requireSamples(long samples) {
    if (isKept && memory.extent(0) != samples) {
      throw new IllegalArgumentException(
          "state: '%s' is of a batch of %d samples: %d given: batches of one size until the states are reset expected"
              .formatted(name, memory.extent(0), samples));
    }
  }

  /** Forgets what was kept: the next batch begins with zeros, and may have another size. */
  public void reset() {
    isKept = false;
  }
}
