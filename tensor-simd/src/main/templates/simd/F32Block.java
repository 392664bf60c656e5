package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.Arithmetic;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;

/**
 * The macro-kernel of the products: a packed block of the left operand times panels of the right
 * one. These are the two inner loops of the five (Goto and van de Geijn 2008); the outer three,
 * which choose the blocks, belong to whoever knows where the operands come from.
 *
 * <p>Loop order: panels, then tiles of rows. The panel stays in the first-level cache while the
 * block streams past it from the second.
 *
 * <p>The block is {@code [rows][ROW]}, of which {@code depth} columns are filled; what stands in it
 * beyond the last row is computed with and dropped. Behind it is room for the sums of one tile. A
 * panel is {@code [depth][2 vectors]}, the next one {@code panelStride} bytes on. Only what belongs
 * to the output is written to it.
 */
final class F32Block {
  /** Columns of a panel. */
  static final int COLUMNS = 2 * SimdWidth.F32.length();

  /** Bytes of a row of a panel. */
  static final int PANEL_ROW = COLUMNS * Float.BYTES;

  /** The columns of {@link F32Tile1x8v}. */
  static final int WIDE = F32Tile1x8v.PANELS * COLUMNS;

  private static final int LOW = 4;

  /**
   * Whether the CPU has the registers for eight and twelve rows, as AVX-512 and aarch64 with 32
   * have. Without fused multiply-add the taller tiles would be over C2's budget of vector
   * operations.
   */
  private static final boolean TALL =
      Arithmetic.FMA
          && (SimdWidth.F32.vectorBitSize() == 512
              || System.getProperty("os.arch").equals("aarch64"));

  /** Rows of the tile that does most of the work. */
  private static final int ROWS = TALL ? 3 * LOW : LOW;

  /**
   * Rows that are shared out together: fewer than the tallest tile has, so that shares are even.
   */
  static final int ROW_STEP = TALL ? 2 * LOW : LOW;

  private static final int ROW = F32Tile4x2v.ROW;

  private F32Block() {}

  /**
   * Adds the product to the output, or writes it there if {@code fresh}; then, if {@code finish} is
   * not null, applies the bias and the rectifier.
   *
   * @param columns of the output; the panels hold at least as many
   * @param rowAt where each row of the output stands, in bytes from {@code outAt}; null if they lie
   *     {@code rowStride} apart, as neighbours otherwise may
   * @param outColumn the number of the first column in the bias
   */
  static void multiply(
      float[] a,
      int rows,
      int depth,
      MemorySegment b,
      long bAt,
      long panelStride,
      long columns,
      MemorySegment out,
      long outAt,
      long[] rowAt,
      long rowStride,
      long columnStride,
      boolean fresh,
      WriteOut finish,
      long outColumn) {
    // One row left over is a stream through the panels, as far as they fill the wide tile.
    boolean single = rows % LOW == 1;
    long wide = single ? columns - columns % WIDE : 0;
    int sums = GemmLayout.sumsAt(a.length);
    for (long j = 0; j < columns; j += COLUMNS) {
      long panelAt = bAt + j / COLUMNS * panelStride;
      long stripAt = outAt + j * columnStride;
      int width = (int) Math.min(COLUMNS, columns - j);
      int end = j < wide ? rows - 1 : rows;
      for (int i = 0; i < end; ) {
        int height = Math.min(ROWS, end - i);
        if (TALL && height > 2 * LOW) {
          F32Tile12x2v.run(a, i * ROW, depth, b, panelAt, a, sums);
        } else if (TALL && height > LOW) {
          F32Tile8x2v.run(a, i * ROW, depth, b, panelAt, a, sums);
        } else {
          height = Math.min(LOW, height);
          F32Tile4x2v.run(a, i * ROW, depth, b, panelAt, a, sums);
        }
        for (int k = 0; k < height; ) {
          int rowsHere = rowAt == null ? height : adjacent(rowAt, i + k, i + height, rowStride);
          F32WriteOut.run(
              a,
              sums + k * COLUMNS,
              COLUMNS,
              rowsHere,
              width,
              out,
              stripAt + rowAt(rowAt, i + k, rowStride),
              rowStride,
              columnStride,
              fresh,
              finish,
              outColumn + j);
          k += rowsHere;
        }
        i += height;
      }
    }
    if (wide > 0) {
      singles(
          a,
          rows - 1,
          1,
          depth,
          b,
          bAt,
          panelStride,
          PANEL_ROW,
          wide,
          out,
          outAt + rowAt(rowAt, rows - 1, rowStride),
          rowStride,
          columnStride,
          fresh,
          finish,
          outColumn);
    }
  }

  private static long rowAt(long[] rowAt, int row, long rowStride) {
    return rowAt == null ? row * rowStride : rowAt[row];
  }

  /** How many rows from {@code row} on, before {@code end}, lie {@code rowStride} apart. */
  private static int adjacent(long[] rowAt, int row, int end, long rowStride) {
    int next = row + 1;
    while (next < end && rowAt[next] - rowAt[next - 1] == rowStride) {
      next++;
    }
    return next - row;
  }

  /**
   * The rows from {@code row} on, one by one; {@code columns} is a multiple of {@link #WIDE}. The
   * right operand need not be packed here: its rows lie {@code bStride} bytes apart, which is
   * positive, and the next two vectors {@code panelStride} bytes on.
   */
  static void singles(
      float[] a,
      int row,
      int rows,
      int depth,
      MemorySegment b,
      long bAt,
      long panelStride,
      long bStride,
      long columns,
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      boolean fresh,
      WriteOut finish,
      long outColumn) {
    int sums = GemmLayout.sumsAt(a.length);
    for (long j = 0; j < columns; j += WIDE) {
      long panelAt = bAt + j / COLUMNS * panelStride;
      for (int i = 0; i < rows; i++) {
        F32Tile1x8v.run(a, (row + i) * ROW, depth, b, panelAt, panelStride, bStride, a, sums);
        F32WriteOut.run(
            a,
            sums,
            WIDE,
            1,
            WIDE,
            out,
            outAt + i * rowStride + j * columnStride,
            rowStride,
            columnStride,
            fresh,
            finish,
            outColumn + j);
      }
    }
  }
}
