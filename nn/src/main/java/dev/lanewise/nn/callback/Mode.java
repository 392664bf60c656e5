package dev.lanewise.nn.callback;

/** What counts as better. */
public enum Mode {
  /** As the metric says; of a loss less. */
  AUTO,
  /** Less. */
  MIN,
  /** More. */
  MAX
}
