package dev.lanewise.kernel;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.cpu.CpuProfile.Blocks;

/** How a product is cut along its sum, and how a {@link Workspace} is divided. */
public final class GemmLayout {
  /** The widest vector in bytes. */
  static final int VECTOR = 64;

  /** The rows of the tallest tile. */
  private static final int TILE_ROWS = 12;

  /** Elements of the largest tile: 24 vectors of sixteen floats. */
  private static final int TILE_ELEMENTS = 384;

  /**
   * Elements from one row of the left operand's block to the next. A constant, so that a tile
   * addresses all its rows from one register; an odd number of cache lines, so that the rows fall
   * into different sets.
   */
  public static final int ROW = Blocks.MAX_SLAB + 16;

  private GemmLayout() {}

  /**
   * The terms of a slab of a sum of {@code k}: as few slabs as possible, of even size, so that none
   * is left that hardly pays its tiles. The last one may be shorter. At least one.
   */
  public static int slab(long k) {
    return k == 0 ? 1 : (int) Math.ceilDiv(k, Math.ceilDiv(k, Blocks.MAX_SLAB));
  }

  /** The block sizes for an element type. */
  public static Blocks blocks(CpuProfile profile, Element element) {
    return switch (element) {
      case F32 -> profile.f32();
      case F64 -> profile.f64();
    };
  }

  /** Where a heap block of so many elements has room for the sums of a tile: at its end. */
  public static int sumsAt(int blockElements) {
    return blockElements - TILE_ELEMENTS;
  }

  /** A tile reads whole, beyond the last row of the block as well. */
  static int blockElements(Blocks blocks) {
    return (blocks.rows() + TILE_ROWS) * ROW + TILE_ELEMENTS;
  }

  static long panelBytes() {
    return Blocks.MAX_SLAB * 2L * VECTOR;
  }
}
