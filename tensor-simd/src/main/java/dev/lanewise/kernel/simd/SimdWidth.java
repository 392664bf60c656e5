package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.HotSpotFlags;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process: the one place that decides it.
 *
 * <p>A class with a vector loop copies the species it needs into a {@code static final} field of
 * its own; C2 compiles vectors of a species that it sees any other way 8 to 50 times slower.
 */
public final class SimdWidth {
  /** The species of F32 kernels. */
  public static final VectorSpecies<Float> F32 = FloatVector.SPECIES_PREFERRED;

  /** The species of F64 kernels, as wide as {@link #F32}. */
  public static final VectorSpecies<Double> F64 = DoubleVector.SPECIES_PREFERRED;

  /** Whether C2 has masks, minimum, maximum and square root of {@link #F32}. */
  public static final boolean F32_COMPLETE = complete(F32);

  /** Whether C2 has masks, minimum, maximum and square root of {@link #F64}. */
  public static final boolean F64_COMPLETE = complete(F64);

  private SimdWidth() {}

  /** On x86 these need AVX, and C2 has no masks of two lanes there; wider vectors have both. */
  private static boolean complete(VectorSpecies<?> species) {
    return species.vectorBitSize() > 128
        || HotSpotFlags.value("UseAVX")
            .map(avx -> !avx.equals("0") && species.length() > 2)
            .orElse(true);
  }
}
