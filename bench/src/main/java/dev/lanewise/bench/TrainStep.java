package dev.lanewise.bench;

/** One training step after another of a network on one batch. */
public interface TrainStep extends AutoCloseable {
  /**
   * One step; returns the loss before it. Of an adversarial pair it is the discriminator's, with
   * both networks updated.
   */
  float run();

  @Override
  void close();
}
