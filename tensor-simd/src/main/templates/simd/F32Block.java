package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.Arithmetic;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The macro-kernel of the products: a packed block of the left operand times panels of the right
 * one. These are the two inner loops of the five (Goto and van de Geijn 2008); the outer three,
 * which choose the blocks, belong to whoever knows where the operands come from.
 *
 * <p>Loop order: panels, then tiles of rows. The panel stays in the first-level cache while the
 * block streams past it from the second.
 *
 * <p>The block is {@code [rows][ROW]}, of which {@code depth} columns are filled; what stands in it
 * beyond the last row is computed with and dropped. A panel is {@code [depth][2 vectors]}, the next
 * one {@code panelStride} bytes on. Tiles that hang over the edge of the output go through the
 * scratch, so nothing outside of it is written.
 */
final class F32Block {
  /** Columns of a panel. */
  static final int COLUMNS = 2 * SimdWidth.F32.length();

  /** Bytes of a row of a panel. */
  static final int PANEL_ROW = COLUMNS * Float.BYTES;

  /** Rows of {@link F32Tile4x2v}, or of {@link F32Tile2x2v} without fused multiply-add. */
  static final int GROUP = Arithmetic.FMA ? 4 : 2;

  /** The columns of {@link F32Tile1x8v}, four panels. */
  static final int WIDE = 4 * COLUMNS;

  /** Whether the CPU has the registers for eight rows, as AVX-512 and aarch64 with 32 have. */
  private static final boolean TALL =
      Arithmetic.FMA
          && (SimdWidth.F32.vectorBitSize() == 512
              || System.getProperty("os.arch").equals("aarch64"));

  /** Rows of the tile that does most of the work. */
  static final int ROWS = TALL ? 2 * GROUP : GROUP;

  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int ROW = F32Tile4x2v.ROW;

  /**
   * Left-over rows up to which one row at a time is faster than a group with idle rows. The tile of
   * one row needs fused multiply-add.
   */
  static final int SINGLES = Arithmetic.FMA ? 1 : 0;

  private F32Block() {}

  /**
   * The depth that {@code k} is cut into: even, so that no slab is left that hardly pays its tiles,
   * and at most {@code most}.
   */
  static int depth(long k, int most) {
    return k == 0 ? 1 : (int) Math.ceilDiv(k, Math.ceilDiv(k, most));
  }

  /**
   * Adds the product to the output, or writes it there if {@code fresh}; then, if {@code writeOut}
   * is not null, finishes the output.
   *
   * @param columns of the output; the panels hold at least as many
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
      long rowStride,
      long columnStride,
      boolean fresh,
      WriteOut writeOut,
      long outColumn,
      MemorySegment scratch) {
    int rest = rows % GROUP;
    int tiled = rest <= SINGLES ? rows - rest : rows;
    if (tiled > 0) {
      tiles(
          a,
          0,
          tiled,
          depth,
          b,
          bAt,
          panelStride,
          columns,
          out,
          outAt,
          rowStride,
          columnStride,
          fresh,
          writeOut,
          outColumn,
          scratch);
    }
    if (tiled < rows) {
      long wide = columns - columns % WIDE;
      long restAt = outAt + tiled * rowStride;
      singles(
          a,
          tiled,
          rest,
          depth,
          b,
          bAt,
          panelStride,
          PANEL_ROW,
          wide,
          out,
          restAt,
          rowStride,
          columnStride,
          fresh,
          writeOut,
          outColumn,
          scratch);
      tiles(
          a,
          tiled,
          rest,
          depth,
          b,
          bAt + wide / COLUMNS * panelStride,
          panelStride,
          columns - wide,
          out,
          restAt + wide * columnStride,
          rowStride,
          columnStride,
          fresh,
          writeOut,
          outColumn + wide,
          scratch);
    }
  }

  /** The rows from {@code row} on, a multiple of {@link #GROUP}, in tiles. */
  private static void tiles(
      float[] a,
      int row,
      int rows,
      int depth,
      MemorySegment b,
      long bAt,
      long panelStride,
      long columns,
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      boolean fresh,
      WriteOut writeOut,
      long outColumn,
      MemorySegment scratch) {
    for (long j = 0; j < columns; j += COLUMNS) {
      long panelAt = bAt + j / COLUMNS * panelStride;
      long stripAt = outAt + j * columnStride;
      int width = (int) Math.min(COLUMNS, columns - j);
      int whole = width == COLUMNS && columnStride == Float.BYTES ? rows : 0;
      int i = 0;
      if (TALL) {
        for (; i + 2 * GROUP <= whole; i += 2 * GROUP) {
          long at = stripAt + i * rowStride;
          MemorySegment from = fresh ? scratch : out;
          long fromAt = fresh ? GemmLayout.ZEROS_AT : at;
          long fromStride = fresh ? 0 : rowStride;
          int aAt = (row + i) * ROW;
          F32Tile8x2v.run(a, aAt, depth, b, panelAt, from, fromAt, fromStride, out, at, rowStride);
        }
      }
      for (; i + GROUP <= whole; i += GROUP) {
        long at = stripAt + i * rowStride;
        MemorySegment from = fresh ? scratch : out;
        long fromAt = fresh ? GemmLayout.ZEROS_AT : at;
        long fromStride = fresh ? 0 : rowStride;
        int aAt = (row + i) * ROW;
        group(a, aAt, depth, b, panelAt, from, fromAt, fromStride, out, at, rowStride);
      }
      for (; i < rows; i += GROUP) {
        edge(
            a,
            (row + i) * ROW,
            depth,
            b,
            panelAt,
            Math.min(GROUP, rows - i),
            width,
            out,
            stripAt + i * rowStride,
            rowStride,
            columnStride,
            fresh,
            scratch);
      }
      if (writeOut != null) {
        finish(writeOut, outColumn + j, out, stripAt, rowStride, columnStride, rows, width);
      }
    }
  }

  /** The tile of {@link #GROUP} rows. */
  private static void group(
      float[] a,
      int aAt,
      int depth,
      MemorySegment b,
      long bAt,
      MemorySegment from,
      long fromAt,
      long fromStride,
      MemorySegment to,
      long toAt,
      long toStride) {
    if (Arithmetic.FMA) {
      F32Tile4x2v.run(a, aAt, depth, b, bAt, from, fromAt, fromStride, to, toAt, toStride);
    } else {
      F32Tile2x2v.run(a, aAt, depth, b, bAt, from, fromAt, fromStride, to, toAt, toStride);
    }
  }

  /** A tile of which only {@code height} rows and {@code width} columns belong to the output. */
  private static void edge(
      float[] a,
      int aAt,
      int depth,
      MemorySegment b,
      long bAt,
      int height,
      int width,
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      boolean fresh,
      MemorySegment scratch) {
    long tileAt = GemmLayout.TILE_AT;
    if (!fresh) {
      copy(
          out,
          outAt,
          rowStride,
          columnStride,
          scratch,
          tileAt,
          PANEL_ROW,
          Float.BYTES,
          height,
          width);
    }
    long fromAt = fresh ? GemmLayout.ZEROS_AT : tileAt;
    long fromStride = fresh ? 0 : PANEL_ROW;
    group(a, aAt, depth, b, bAt, scratch, fromAt, fromStride, scratch, tileAt, PANEL_ROW);
    copy(
        scratch,
        tileAt,
        PANEL_ROW,
        Float.BYTES,
        out,
        outAt,
        rowStride,
        columnStride,
        height,
        width);
  }

  /**
   * The rows from {@code row} on, a multiple of {@link #GROUP}, one by one; {@code columns} is a
   * multiple of {@link #WIDE}. The right operand need not be packed here: its rows lie {@code
   * bStride} bytes apart, which is positive, and the next two vectors {@code panelStride} bytes on.
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
      WriteOut writeOut,
      long outColumn,
      MemorySegment scratch) {
    boolean direct = columnStride == Float.BYTES;
    for (long j = 0; j < columns; j += WIDE) {
      long panelAt = bAt + j / COLUMNS * panelStride;
      for (int i = 0; i < rows; i++) {
        long at = outAt + i * rowStride + j * columnStride;
        if (!direct && !fresh) {
          copy(out, at, 0, columnStride, scratch, GemmLayout.TILE_AT, 0, Float.BYTES, 1, WIDE);
        }
        MemorySegment to = direct ? out : scratch;
        long toAt = direct ? at : GemmLayout.TILE_AT;
        MemorySegment from = fresh ? scratch : to;
        long fromAt = fresh ? GemmLayout.ZEROS_AT : toAt;
        F32Tile1x8v.run(
            a, (row + i) * ROW, depth, b, panelAt, panelStride, bStride, from, fromAt, to, toAt);
        if (!direct) {
          copy(scratch, GemmLayout.TILE_AT, 0, Float.BYTES, out, at, 0, columnStride, 1, WIDE);
        }
      }
      if (writeOut != null) {
        finish(
            writeOut,
            outColumn + j,
            out,
            outAt + j * columnStride,
            rowStride,
            columnStride,
            rows,
            WIDE);
      }
    }
  }

  private static void copy(
      MemorySegment from,
      long fromAt,
      long fromRowStride,
      long fromColumnStride,
      MemorySegment to,
      long toAt,
      long toRowStride,
      long toColumnStride,
      int rows,
      int columns) {
    boolean adjacent = fromColumnStride == Float.BYTES && toColumnStride == Float.BYTES;
    int vectors = adjacent ? columns - columns % SPECIES.length() : 0;
    for (int i = 0; i < rows; i++) {
      long x = fromAt + i * fromRowStride;
      long y = toAt + i * toRowStride;
      for (int j = 0; j < vectors; j += SPECIES.length()) {
        FloatVector.fromMemorySegment(SPECIES, from, x + j * Float.BYTES, ORDER)
            .intoMemorySegment(to, y + j * Float.BYTES, ORDER);
      }
      for (int j = vectors; j < columns; j++) {
        to.set(
            JAVA_FLOAT_UNALIGNED,
            y + j * toColumnStride,
            from.get(JAVA_FLOAT_UNALIGNED, x + j * fromColumnStride));
      }
    }
  }

  /** The product of depth zero: sums of no terms. */
  static void empty(
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      long rows,
      long columns,
      WriteOut writeOut,
      long outColumn) {
    if (!writeOut.accumulate()) {
      F32Pack.zero(out, outAt, rowStride, columnStride, rows, columns);
    }
    if (writeOut.finishes()) {
      finish(writeOut, outColumn, out, outAt, rowStride, columnStride, rows, columns);
    }
  }

  /**
   * Adds the bias and applies the rectifier to an area of the output that holds its sums, while it
   * is still in the cache.
   */
  static void finish(
      WriteOut writeOut,
      long outColumn,
      MemorySegment out,
      long outAt,
      long rowStride,
      long columnStride,
      long rows,
      long columns) {
    MemorySegment bias = writeOut.bias();
    long biasAt = writeOut.biasAt() + outColumn * Float.BYTES;
    long vectors = columnStride == Float.BYTES ? columns - columns % SPECIES.length() : 0;
    for (long j = 0; j < vectors; j += SPECIES.length()) {
      long x = outAt + j * Float.BYTES;
      if (bias == null) {
        rectify(out, x, rowStride, rows);
      } else if (writeOut.relu()) {
        addAndRectify(bias, biasAt + j * Float.BYTES, out, x, rowStride, rows);
      } else {
        add(bias, biasAt + j * Float.BYTES, out, x, rowStride, rows);
      }
    }
    for (long j = vectors; j < columns; j++) {
      for (long i = 0; i < rows; i++) {
        long x = outAt + i * rowStride + j * columnStride;
        float sum = out.get(JAVA_FLOAT_UNALIGNED, x);
        sum = bias == null ? sum : sum + bias.get(JAVA_FLOAT_UNALIGNED, biasAt + j * Float.BYTES);
        out.set(JAVA_FLOAT_UNALIGNED, x, writeOut.relu() ? Math.max(sum, 0) : sum);
      }
    }
  }

  private static void add(
      MemorySegment bias, long biasAt, MemorySegment out, long outAt, long rowStride, long rows) {
    FloatVector y = FloatVector.fromMemorySegment(SPECIES, bias, biasAt, ORDER);
    for (long i = 0; i < rows; i++) {
      long at = outAt + i * rowStride;
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER)
          .add(y)
          .intoMemorySegment(out, at, ORDER);
    }
  }

  private static void addAndRectify(
      MemorySegment bias, long biasAt, MemorySegment out, long outAt, long rowStride, long rows) {
    FloatVector y = FloatVector.fromMemorySegment(SPECIES, bias, biasAt, ORDER);
    for (long i = 0; i < rows; i++) {
      long at = outAt + i * rowStride;
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER)
          .add(y)
          .max(0)
          .intoMemorySegment(out, at, ORDER);
    }
  }

  private static void rectify(MemorySegment out, long outAt, long rowStride, long rows) {
    for (long i = 0; i < rows; i++) {
      long at = outAt + i * rowStride;
      FloatVector.fromMemorySegment(SPECIES, out, at, ORDER)
          .max(0)
          .intoMemorySegment(out, at, ORDER);
    }
  }
}
