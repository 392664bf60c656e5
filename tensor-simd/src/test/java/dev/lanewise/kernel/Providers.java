package dev.lanewise.kernel;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.kernel.simd.SimdKernels;

/** The two implementations of the kernels, as tests meet them. */
final class Providers {
  /** A profile whose blocks are so small that every loop over blocks runs and ends unevenly. */
  static final CpuProfile SMALL_BLOCKS =
      CpuProfile.detected()
          .withBlocks(new CpuProfile.Blocks(13, 40), new CpuProfile.Blocks(13, 40));

  private Providers() {}

  static Kernels scalar() {
    return new ScalarKernels(CpuProfile.detected());
  }

  /** The vector kernels; tests that ask for them are tagged {@code vectors}. */
  static Kernels simd(CpuProfile profile) {
    return new SimdKernels(profile);
  }
}
