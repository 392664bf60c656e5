package dev.lanewise.nn.optimizer;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019). It is no rule of its own: {@code
 * Adam.of(rate).betas(0.9, 0.98).weightDecay(0.01)} is the same with other attributes.
 */
public final class AdamW {
  /** Keras' default; PyTorch's is 0.01. */
  private static final double DECAY = 0.004;

  private AdamW() {}

  /** {@link Adam#of(double)} with Keras' weight decay of 0.004. Its default rate is 0.001. */
  public static Tuned of(double rate) {
    return Adam.of(rate).weightDecay(DECAY);
  }

  /** As {@link #of(double)}, with a rate that changes. */
  public static Tuned of(Schedule rate) {
    return Adam.of(rate).weightDecay(DECAY);
  }
}
