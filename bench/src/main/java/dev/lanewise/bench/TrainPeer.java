package dev.lanewise.bench;

/** Somebody else's training of the digits network, found by {@link java.util.ServiceLoader}. */
public interface TrainPeer {
  /** The name in tables. */
  String name();

  /** How many threads the next steps may use. */
  void threads(int count);

  /**
   * Prepares a network and a batch; running the result is one Adam step on the batch.
   *
   * @param pixels {@code batch x 28 x 28}, row-major
   */
  TrainStep digits(int batch, float[] pixels, int[] labels);

  /** One training step after another. */
  interface TrainStep extends AutoCloseable {
    /** One step; returns the loss before it. */
    float run();

    @Override
    void close();
  }
}
