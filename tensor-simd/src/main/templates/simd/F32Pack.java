package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.kernel.Matrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packing: copies parts of strided operands into the order that {@link F32Block} reads them in.
 *
 * <p>Each method has a form for adjacent elements in the direction it writes in, one for adjacent
 * elements in the other direction, and a plain one for the rest. Whole vectors are copied where
 * they fit; nothing is read outside of the operand.
 */
final class F32Pack {
  private static final VectorSpecies<Float> SPECIES = SimdWidth.F32;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int STEP = SPECIES.vectorByteSize();
  private static final int COLUMNS = F32Block.COLUMNS;
  private static final int GROUP = 4;
  private static final int ROW = F32Tile4x2v.ROW;

  /** The species of one row of a group; of use only if vectors are so long. */
  private static final VectorSpecies<Float> GROUP_SPECIES =
      VectorSpecies.of(float.class, VectorShape.forBitSize(GROUP * Float.SIZE));

  /** Whether vectors are long enough for groups of four. */
  static final boolean GROUPS = LANES >= GROUP;

  private static final VectorShuffle<Float> NEIGHBOURS = exchange(1);
  private static final VectorShuffle<Float> PAIRS = exchange(2);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(GROUP_SPECIES, 0b1010);
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(GROUP_SPECIES, 0b1100);

  private F32Pack() {}

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(GROUP_SPECIES, lane -> lane ^ distance);
  }

  /**
   * Packs rows {@code row} to {@code row + rows} and columns {@code column} to {@code column +
   * depth} of {@code a} as a block.
   */
  static void block(Matrix a, long row, int rows, long column, int depth, float[] block) {
    long at = a.at() + row * a.rowStride() + column * a.columnStride();
    blockPart(a.memory(), at, a.rowStride(), a.columnStride(), rows, depth, block, 0);
  }

  /** Packs {@code rows} rows of a block, or {@code depth} columns of some from {@code toAt} on. */
  static void blockPart(
      MemorySegment x,
      long at,
      long rowStride,
      long columnStride,
      int rows,
      int depth,
      float[] to,
      int toAt) {
    int i = 0;
    if (columnStride == Float.BYTES) {
      for (; i < rows; i++) {
        run(x, at + i * rowStride, to, toAt + i * ROW, depth);
      }
    } else if (GROUPS && rowStride == Float.BYTES && depth >= GROUP) {
      for (; i + GROUP <= rows; i += GROUP) {
        transposeToBlock(x, at + i * rowStride, columnStride, to, toAt + i * ROW, depth);
      }
    }
    for (; i < rows; i++) {
      spread(x, at + i * rowStride, columnStride, to, toAt + i * ROW, 1, depth);
    }
  }

  /** Copies {@code count} adjacent elements. */
  static void run(MemorySegment x, long at, float[] to, int toAt, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector.fromMemorySegment(SPECIES, x, at + i * (long) Float.BYTES, ORDER)
          .intoArray(to, toAt + i);
    }
    if (i < count && count >= LANES) {
      i = count - LANES;
      FloatVector.fromMemorySegment(SPECIES, x, at + i * (long) Float.BYTES, ORDER)
          .intoArray(to, toAt + i);
    } else {
      for (; i < count; i++) {
        to[toAt + i] = x.get(JAVA_FLOAT_UNALIGNED, at + i * (long) Float.BYTES);
      }
    }
  }

  /** Copies elements that are not adjacent, to places {@code step} apart. */
  static void spread(
      MemorySegment x, long at, long stride, float[] to, int toAt, int step, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i * step] = x.get(JAVA_FLOAT_UNALIGNED, at + i * stride);
    }
  }

  /**
   * Packs a panel: rows {@code row} to {@code row + depth} and columns {@code column} to {@code
   * column + columns} of {@code b}, with zeros up to the panel's width.
   */
  static void panel(
      Matrix b, long row, int depth, long column, int columns, MemorySegment to, long toAt) {
    long at = b.at() + row * b.rowStride() + column * b.columnStride();
    pad(columns, depth, to, toAt);
    part(b.memory(), at, b.rowStride(), b.columnStride(), depth, columns, to, toAt);
  }

  /** Makes ready a panel of which only {@code columns} will be written: the rest are zeros. */
  static void pad(int columns, int depth, MemorySegment to, long toAt) {
    if (columns < COLUMNS) {
      FloatVector zeros = FloatVector.zero(SPECIES);
      long end = toAt + depth * (long) F32Block.PANEL_ROW;
      for (long at = toAt; at < end; at += STEP) {
        zeros.intoMemorySegment(to, at, ORDER);
      }
    }
  }

  /** Copies {@code rows} rows of {@code columns} elements to a panel, or to some rows of one. */
  static void part(
      MemorySegment x,
      long at,
      long rowStride,
      long columnStride,
      int rows,
      int columns,
      MemorySegment to,
      long toAt) {
    int j = 0;
    if (columnStride == Float.BYTES && columns == COLUMNS) {
      wholeRows(x, at, rowStride, to, toAt, rows);
      return;
    }
    if (columnStride == Float.BYTES && columns >= LANES) {
      halfRows(x, at, rowStride, to, toAt, rows);
      j = LANES;
    } else if (GROUPS && rowStride == Float.BYTES && rows >= GROUP) {
      for (; j + GROUP <= columns; j += GROUP) {
        transposeToPanel(
            x, at + j * columnStride, columnStride, to, toAt + j * (long) Float.BYTES, rows);
      }
    }
    for (; j < columns; j++) {
      column(x, at + j * columnStride, rowStride, to, toAt + j * (long) Float.BYTES, rows);
    }
  }

  /** Copies rows of two vectors. */
  private static void wholeRows(
      MemorySegment x, long at, long stride, MemorySegment to, long toAt, int rows) {
    for (int i = 0; i < rows; i++) {
      long from = at + i * stride;
      long rowAt = toAt + i * (long) F32Block.PANEL_ROW;
      FloatVector.fromMemorySegment(SPECIES, x, from, ORDER).intoMemorySegment(to, rowAt, ORDER);
      FloatVector.fromMemorySegment(SPECIES, x, from + STEP, ORDER)
          .intoMemorySegment(to, rowAt + STEP, ORDER);
    }
  }

  /** Copies rows of one vector. */
  private static void halfRows(
      MemorySegment x, long at, long stride, MemorySegment to, long toAt, int rows) {
    for (int i = 0; i < rows; i++) {
      FloatVector.fromMemorySegment(SPECIES, x, at + i * stride, ORDER)
          .intoMemorySegment(to, toAt + i * (long) F32Block.PANEL_ROW, ORDER);
    }
  }

  /** Copies one column. */
  private static void column(
      MemorySegment x, long at, long stride, MemorySegment to, long toAt, int rows) {
    for (int i = 0; i < rows; i++) {
      float value = x.get(JAVA_FLOAT_UNALIGNED, at + i * stride);
      to.set(JAVA_FLOAT_UNALIGNED, toAt + i * (long) F32Block.PANEL_ROW, value);
    }
  }

  /**
   * Copies four columns with adjacent elements, {@code stride} bytes apart, to a panel. Four rows
   * at a time, the last four maybe twice: neighbours are exchanged between pairs of vectors, then
   * pairs of neighbours.
   */
  private static void transposeToPanel(
      MemorySegment x, long at, long stride, MemorySegment to, long toAt, int rows) {
    for (int i = 0; i < rows; i += GROUP) {
      int row = Math.min(i, rows - GROUP);
      long from = at + row * (long) Float.BYTES;
      FloatVector a = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from, ORDER);
      FloatVector b = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from + stride, ORDER);
      FloatVector c = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from + 2 * stride, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from + 3 * stride, ORDER);
      FloatVector e = a.blend(b.rearrange(NEIGHBOURS), ODD);
      FloatVector f = a.rearrange(NEIGHBOURS).blend(b, ODD);
      FloatVector g = c.blend(d.rearrange(NEIGHBOURS), ODD);
      FloatVector h = c.rearrange(NEIGHBOURS).blend(d, ODD);
      long rowAt = toAt + row * (long) F32Block.PANEL_ROW;
      e.blend(g.rearrange(PAIRS), UPPER).intoMemorySegment(to, rowAt, ORDER);
      rowAt += F32Block.PANEL_ROW;
      f.blend(h.rearrange(PAIRS), UPPER).intoMemorySegment(to, rowAt, ORDER);
      rowAt += F32Block.PANEL_ROW;
      e.rearrange(PAIRS).blend(g, UPPER).intoMemorySegment(to, rowAt, ORDER);
      rowAt += F32Block.PANEL_ROW;
      f.rearrange(PAIRS).blend(h, UPPER).intoMemorySegment(to, rowAt, ORDER);
    }
  }

  /**
   * Copies four rows whose columns have adjacent elements, {@code stride} bytes apart, to a block,
   * as {@link #transposeToPanel} does.
   */
  private static void transposeToBlock(
      MemorySegment x, long at, long stride, float[] to, int toAt, int depth) {
    for (int i = 0; i < depth; i += GROUP) {
      int column = Math.min(i, depth - GROUP);
      long from = at + column * stride;
      FloatVector a = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from, ORDER);
      FloatVector b = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from + stride, ORDER);
      FloatVector c = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from + 2 * stride, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(GROUP_SPECIES, x, from + 3 * stride, ORDER);
      FloatVector e = a.blend(b.rearrange(NEIGHBOURS), ODD);
      FloatVector f = a.rearrange(NEIGHBOURS).blend(b, ODD);
      FloatVector g = c.blend(d.rearrange(NEIGHBOURS), ODD);
      FloatVector h = c.rearrange(NEIGHBOURS).blend(d, ODD);
      int rowAt = toAt + column;
      e.blend(g.rearrange(PAIRS), UPPER).intoArray(to, rowAt);
      f.blend(h.rearrange(PAIRS), UPPER).intoArray(to, rowAt + ROW);
      e.rearrange(PAIRS).blend(g, UPPER).intoArray(to, rowAt + 2 * ROW);
      f.rearrange(PAIRS).blend(h, UPPER).intoArray(to, rowAt + 3 * ROW);
    }
  }

  /** Writes zeros. */
  static void zero(
      MemorySegment to, long toAt, long rowStride, long columnStride, long rows, long columns) {
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < columns; j++) {
        to.set(JAVA_FLOAT_UNALIGNED, toAt + i * rowStride + j * columnStride, 0);
      }
    }
  }
}
