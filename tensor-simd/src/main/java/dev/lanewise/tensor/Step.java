package dev.lanewise.tensor;

/**
 * One operator bound to its operands: memory known, algorithm chosen, scratch allocated.
 *
 * <p>{@link #run} computes the outputs from whatever the inputs hold now and allocates nothing.
 */
@FunctionalInterface
public interface Step {
  /** Computes the outputs. */
  void run();
}
