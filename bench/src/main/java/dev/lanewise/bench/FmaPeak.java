package dev.lanewise.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most floating-point operations per second that one core does: twelve independent chains of
 * fused multiply-adds in registers, at the preferred width. The limit that products are held
 * against.
 */
final class FmaPeak implements Runnable {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int STEPS = 20_000;

  private int step = 1;
  private float sink;

  /** Floating-point operations of one {@link #run}, a fused multiply-add being two. */
  static double operations() {
    return 2.0 * 12 * SPECIES.length() * STEPS;
  }

  @Override
  public void run() {
    sink += chains(0.999f, 1e-3f, step);
  }

  float sink() {
    return sink;
  }

  private static float chains(float a, float b, int step) {
    FloatVector x = FloatVector.broadcast(SPECIES, a);
    FloatVector y = FloatVector.broadcast(SPECIES, b);
    FloatVector c0 = y;
    FloatVector c1 = y;
    FloatVector c2 = y;
    FloatVector c3 = y;
    FloatVector c4 = y;
    FloatVector c5 = y;
    FloatVector c6 = y;
    FloatVector c7 = y;
    FloatVector c8 = y;
    FloatVector c9 = y;
    FloatVector c10 = y;
    FloatVector c11 = y;
    // The sum is the last operand, as in a product: as a factor it would be copied in each step.
    // A step that is no constant keeps C2 from unrolling, after which it may order the operations
    // chain by chain, so that each waits for the one before (seen: 140 instead of 233 GFLOP/s).
    for (int i = 0; i < STEPS; i += step) {
      c0 = x.fma(y, c0);
      c1 = x.fma(y, c1);
      c2 = x.fma(y, c2);
      c3 = x.fma(y, c3);
      c4 = x.fma(y, c4);
      c5 = x.fma(y, c5);
      c6 = x.fma(y, c6);
      c7 = x.fma(y, c7);
      c8 = x.fma(y, c8);
      c9 = x.fma(y, c9);
      c10 = x.fma(y, c10);
      c11 = x.fma(y, c11);
    }
    return c0.add(c1)
        .add(c2)
        .add(c3)
        .add(c4)
        .add(c5)
        .add(c6)
        .add(c7)
        .add(c8)
        .add(c9)
        .add(c10)
        .add(c11)
        .lane(0);
  }
}
