package dev.lanewise.bench.parity;

import java.util.Map;

/** Who trains: this library, or a peer that {@link java.util.ServiceLoader} finds. */
public interface Side {
  /** The name in tables. */
  String name();

  /**
   * Prepares a task.
   *
   * @param start all weights and buffers by name, layer by layer in the order of building
   */
  Training begin(Task task, Map<String, Values> start);

  /** One training step after another. */
  interface Training extends AutoCloseable {
    /**
     * One step.
     *
     * @param batch see {@link Task}
     * @return the losses before it
     */
    double[] step(Batch batch);

    /**
     * All weights and buffers by name; where averages of weights are kept, these too, under the
     * weight's name and {@code .average}.
     */
    Map<String, Values> weights();

    /** All outputs of the first network, as it is now, for its inputs, in inference. */
    Values[] predict(Batch inputs);

    @Override
    void close();
  }
}
