package dev.lanewise.kernel;

import dev.lanewise.cpu.CpuProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory that a product needs beside its operands: on the heap the packed block of the left
 * operand and the sums of a tile, in native memory a panel of the right operand.
 *
 * <p>Made by whoever prepares a computation, used by one thread at a time, for any number of
 * products of any shape. The heap blocks are made when an element type is first used; after that
 * nothing is allocated.
 */
public final class Workspace {
  private final CpuProfile profile;
  private final MemorySegment panel;
  private final long[] rows;
  private float[] floats;
  private double[] doubles;

  /**
   * Makes a workspace for kernels of {@code profile}, whose block sizes it must hold. Its native
   * memory lives as long as {@code arena}.
   */
  public Workspace(CpuProfile profile, Arena arena) {
    this.profile = profile;
    this.rows = new long[Math.max(profile.f32().rows(), profile.f64().rows())];
    this.panel = arena.allocate(GemmLayout.panelBytes(), GemmLayout.VECTOR);
  }

  /**
   * The block of the left operand with the sums behind it: a {@code float[]} or a {@code double[]}.
   */
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

  /** The panel, from its first byte on. */
  public MemorySegment panel() {
    return panel;
  }

  /** Room for the place of every row of a block's output. */
  public long[] rows() {
    return rows;
  }
}
