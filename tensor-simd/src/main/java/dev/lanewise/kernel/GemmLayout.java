package dev.lanewise.kernel;

import dev.lanewise.cpu.CpuProfile;

/** How a {@link Workspace} is divided. */
public final class GemmLayout {
  /** The widest vector in bytes. */
  static final int VECTOR = 64;

  /** The rows of the tallest tile. */
  private static final int TILE_ROWS = 8;

  /** The vectors of the widest tile: what a row of zeros and a row of output must hold. */
  private static final int TILE_VECTORS = 8;

  /** Where the scratch holds zeros, one row of the widest tile: what chains start from. */
  public static final long ZEROS_AT = 0;

  /** Where the scratch holds an output tile. */
  public static final long TILE_AT = TILE_VECTORS * VECTOR;

  /** Where the scratch holds a panel of the right operand. */
  public static final long PANEL_AT = TILE_AT + TILE_ROWS * 2 * VECTOR;

  /**
   * Elements from one row of the left operand's block to the next. A constant, so that a tile
   * addresses all its rows from one register; an odd number of cache lines, so that the rows fall
   * into different sets.
   */
  public static final int ROW = CpuProfile.Blocks.MAX_DEPTH + 16;

  private GemmLayout() {}

  /** The block sizes for an element type. */
  public static CpuProfile.Blocks blocks(CpuProfile profile, Element element) {
    return switch (element) {
      case F32 -> profile.f32();
      case F64 -> profile.f64();
    };
  }

  /** A tile reads whole, beyond the last row of the block as well. */
  static int blockElements(CpuProfile.Blocks blocks) {
    return (blocks.rows() + TILE_ROWS) * ROW;
  }

  static long scratchBytes(CpuProfile profile) {
    long depth = Math.max(profile.f32().depth(), profile.f64().depth());
    return PANEL_AT + depth * 2 * VECTOR;
  }
}
