package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.kernel.simd.SimdWidth;
import dev.lanewise.tensor.Engine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The JVM is the one that the row of the test matrix names, and the engine has noticed. */
class RowTest {
  private static final String ROW = System.getProperty("lanewise.row", "default");
  private static final boolean VECTORS =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  @Test
  void theModuleIsAbsentInTheRowScalarOnly() {
    assertEquals(!ROW.equals("scalar"), VECTORS);
    if (!VECTORS) {
      assertThrows(
          ClassNotFoundException.class, () -> Class.forName("jdk.incubator.vector.FloatVector"));
    }
    assertEquals(
        VECTORS ? SimdKernels.class : ScalarKernels.class, Engine.standard().kernels().getClass());
  }

  @Test
  void fusedMultiplyAddIsMissingInTheRowNofmaOnly() {
    if (ROW.equals("nofma")) {
      assertFalse(Arithmetic.FMA);
    } else {
      String flags = HotSpotFlags.value("UseFMA").orElse("true");
      assertEquals(Boolean.parseBoolean(flags), Arithmetic.FMA);
    }
  }

  @Test
  @Tag("vectors")
  void vectorsAreAsWideAsTheRowSays() {
    int bits = SimdWidth.F32.vectorBitSize();
    switch (ROW) {
      case "sse" -> assertEquals(128, bits);
      case "avx2" -> assertTrue(bits <= 256, () -> bits + " bits");
      default -> assertEquals(CpuProfile.detected().vectorBits(), bits);
    }
    assertEquals(bits, SimdWidth.F64.vectorBitSize());
  }
}
