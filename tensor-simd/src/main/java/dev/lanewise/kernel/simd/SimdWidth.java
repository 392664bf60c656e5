package dev.lanewise.kernel.simd;

import dev.lanewise.cpu.Settings;
import dev.lanewise.kernel.HotSpotFlags;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process: the one place that decides it.
 *
 * <p>A class with a vector loop copies the species it needs into a {@code static final} field of
 * its own; C2 compiles vectors of a species that it sees any other way 8 to 50 times slower.
 */
public final class SimdWidth {
  private static final VectorShape SHAPE = shape();

  /** The species of F32 kernels. */
  public static final VectorSpecies<Float> F32 = SHAPE.withLanes(float.class);

  /** The species of F64 kernels, as wide as {@link #F32}. */
  public static final VectorSpecies<Double> F64 = SHAPE.withLanes(double.class);

  /** Whether C2 has masks, minimum, maximum and square root of {@link #F32}. */
  public static final boolean F32_COMPLETE = complete(F32);

  /** Whether C2 has masks, minimum, maximum and square root of {@link #F64}. */
  public static final boolean F64_COMPLETE = complete(F64);

  private SimdWidth() {}

  /**
   * What the settings ask for, as far as the JVM has it: wider vectors would be 100 times slower.
   */
  private static VectorShape shape() {
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int asked = Settings.standard().vectorBits().orElse(preferred);
    return VectorShape.forBitSize(Math.min(asked, preferred));
  }

  /** On x86 these need AVX, and C2 has no masks of two lanes there; wider vectors have both. */
  private static boolean complete(VectorSpecies<?> species) {
    return species.vectorBitSize() > 128
        || HotSpotFlags.value("UseAVX")
            .map(avx -> !avx.equals("0") && species.length() > 2)
            .orElse(true);
  }
}
