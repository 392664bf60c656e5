package dev.lanewise.kernel;

import dev.lanewise.cpu.CpuProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory that a product needs beside its operands: the packed block of the left operand on the
 * heap, a panel of the right operand and an output tile in native memory.
 *
 * <p>Made by whoever prepares a computation, used by one thread at a time, for any number of
 * products of any shape. The heap blocks are made when an element type is first used; after that
 * nothing is allocated.
 */
public final class Workspace {
  private final CpuProfile profile;
  private final MemorySegment scratch;
  private float[] floats;
  private double[] doubles;

  /**
   * Makes a workspace for kernels of {@code profile}, whose block sizes it must hold. Its native
   * memory lives as long as {@code arena}.
   */
  public Workspace(CpuProfile profile, Arena arena) {
    this.profile = profile;
    this.scratch = arena.allocate(GemmLayout.scratchBytes(profile), GemmLayout.VECTOR);
  }

  /** The block of the left operand: a {@code float[]} or a {@code double[]}. */
  public Object block(Element element) {
    return switch (element) {
      case F32 -> {
        if (floats == null) {
          floats = new float[GemmLayout.blockElements(profile.f32())];
        }
        yield floats;
      }
      case F64 -> {
        if (doubles == null) {
          doubles = new double[GemmLayout.blockElements(profile.f64())];
        }
        yield doubles;
      }
    };
  }

  /** The native part, divided as {@link GemmLayout} says. */
  public MemorySegment scratch() {
    return scratch;
  }
}
