package dev.lanewise.kernel.simd;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.GemmKernel;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.Matrix;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;

/**
 * The matrix product with the Vector API, shaped like BLIS (Van Zee and van de Geijn 2015).
 *
 * <pre>
 * for columns                       the right operand's slabs stay in the third-level cache
 *   for rows
 *     for slabs                     the left operand's block, packed on the heap, in the second
 *       for panels                  F32Block: a panel stays in the first-level cache
 *         for tiles                 F32Tile4x2v and taller ones: sums in registers
 * </pre>
 *
 * <p>BLIS has depth outside of rows, and fetches the whole output once per slab. Here a block of
 * rows stays near while its slabs are added up.
 *
 * <p>A packed operand consists of slabs, {@link GemmLayout#slab}; a slab, of panels; a panel, of
 * rows of two vectors. So it belongs to this process.
 */
public final class F32Gemm implements GemmKernel {
  /**
   * Rows of the output up to which a plain right operand is read where it lies: copying a panel
   * costs as much as two tiles.
   */
  private static final int FEW_ROWS = 5;

  private final int blockRows;
  private final int blockColumns;

  /** The product with the block sizes of {@code profile}. */
  public F32Gemm(CpuProfile profile) {
    CpuProfile.Blocks blocks = GemmLayout.blocks(profile, Element.F32);
    this.blockRows = blocks.rows();
    this.blockColumns = Math.ceilDiv(blocks.columns(), F32Block.COLUMNS) * F32Block.COLUMNS;
  }

  @Override
  public int rowStep() {
    return F32Block.ROW_STEP;
  }

  @Override
  public long panels(long n) {
    return Math.ceilDiv(n, F32Block.COLUMNS);
  }

  @Override
  public long packedBytes(long k, long n) {
    return Math.ceilDiv(k * panels(n) * F32Block.PANEL_ROW, 64) * 64;
  }

  @Override
  public void pack(Matrix b, long panelFrom, long panelTo, PackedMatrix packed) {
    long k = b.rows();
    long n = b.columns();
    int slab = GemmLayout.slab(k);
    for (long p = 0; p < k; p += slab) {
      int depth = (int) Math.min(slab, k - p);
      for (long q = panelFrom; q < panelTo; q++) {
        long column = q * F32Block.COLUMNS;
        int columns = (int) Math.min(F32Block.COLUMNS, n - column);
        long at = packed.at() + (p * panels(n) + q * depth) * F32Block.PANEL_ROW;
        F32Pack.panel(b, p, depth, column, columns, packed.memory(), at);
      }
    }
  }

  @Override
  public void multiply(
      Matrix a,
      PackedMatrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    multiply(a, null, b, b.rows(), b.columns(), out, writeOut, rowFrom, rowTo, workspace);
  }

  @Override
  public void multiply(
      Matrix a,
      Matrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    if (b.columns() == 1 && b.rows() > 0 && rowTo - rowFrom > FEW_ROWS) {
      column(a, b, out, writeOut, rowFrom, rowTo, workspace);
    } else {
      multiply(a, b, null, b.rows(), b.columns(), out, writeOut, rowFrom, rowTo, workspace);
    }
  }

  /**
   * A product of one column, with the operands' roles exchanged: rows of {@code a} become the
   * columns of a panel, so that their sums share a vector.
   */
  private void column(
      Matrix a,
      Matrix b,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    float[] block = (float[]) workspace.block(Element.F32);
    MemorySegment panel = workspace.panel();
    long k = b.rows();
    int slab = GemmLayout.slab(k);
    for (long p = 0; p < k; p += slab) {
      int depth = (int) Math.min(slab, k - p);
      boolean fresh = p == 0 && !writeOut.accumulate();
      F32Pack.spread(b.memory(), b.at() + p * b.rowStride(), b.rowStride(), block, 0, 1, depth);
      for (long i = rowFrom; i < rowTo; i += F32Block.COLUMNS) {
        int width = (int) Math.min(F32Block.COLUMNS, rowTo - i);
        long aAt = a.at() + i * a.rowStride() + p * a.columnStride();
        F32Pack.pad(width, depth, panel, 0);
        F32Pack.part(a.memory(), aAt, a.columnStride(), a.rowStride(), depth, width, panel, 0);
        F32Block.multiply(
            block,
            1,
            depth,
            panel,
            0,
            0,
            width,
            out.memory(),
            out.at() + i * out.rowStride(),
            null,
            0,
            out.rowStride(),
            fresh,
            null,
            0);
      }
    }
    if (writeOut.finishes()) {
      long outAt = out.at() + rowFrom * out.rowStride();
      F32WriteOut.empty(
          out.memory(),
          outAt,
          out.rowStride(),
          out.columnStride(),
          rowTo - rowFrom,
          1,
          false,
          writeOut,
          0);
    }
  }

  /** One of {@code plain} and {@code packed} is the right operand, of {@code k x n}. */
  private void multiply(
      Matrix a,
      Matrix plain,
      PackedMatrix packed,
      long k,
      long n,
      Matrix out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    if (k == 0) {
      long outAt = out.at() + rowFrom * out.rowStride();
      F32WriteOut.empty(
          out.memory(),
          outAt,
          out.rowStride(),
          out.columnStride(),
          rowTo - rowFrom,
          n,
          !writeOut.accumulate(),
          writeOut,
          0);
      return;
    }
    float[] block = (float[]) workspace.block(Element.F32);
    int slab = GemmLayout.slab(k);
    for (long j = 0; j < n; j += blockColumns) {
      long columns = Math.min(blockColumns, n - j);
      for (long i = rowFrom; i < rowTo; i += blockRows) {
        int rows = (int) Math.min(blockRows, rowTo - i);
        long outAt = out.at() + i * out.rowStride() + j * out.columnStride();
        for (long p = 0; p < k; p += slab) {
          int depth = (int) Math.min(slab, k - p);
          boolean fresh = p == 0 && !writeOut.accumulate();
          WriteOut finish = p + depth == k && writeOut.finishes() ? writeOut : null;
          F32Pack.block(a, i, rows, p, depth, block);
          if (packed != null) {
            long panelAt = packed.at() + p * panels(n) * F32Block.PANEL_ROW;
            long panelStride = depth * (long) F32Block.PANEL_ROW;
            F32Block.multiply(
                block,
                rows,
                depth,
                packed.memory(),
                panelAt + j / F32Block.COLUMNS * panelStride,
                panelStride,
                columns,
                out.memory(),
                outAt,
                null,
                out.rowStride(),
                out.columnStride(),
                fresh,
                finish,
                j);
          } else {
            plain(
                block,
                rows,
                p,
                depth,
                plain,
                j,
                columns,
                out,
                outAt,
                fresh,
                finish,
                workspace.panel());
          }
        }
      }
    }
  }

  /** A block times a right operand that is not packed: in place, or panel by panel. */
  private static void plain(
      float[] block,
      int rows,
      long p,
      int depth,
      Matrix b,
      long column,
      long columns,
      Matrix out,
      long outAt,
      boolean fresh,
      WriteOut finish,
      MemorySegment panel) {
    long done = 0;
    if (rows <= FEW_ROWS && b.columnStride() == Float.BYTES && b.rowStride() > 0) {
      done = columns - columns % F32Block.WIDE;
      F32Block.singles(
          block,
          0,
          rows,
          depth,
          b.memory(),
          b.at() + p * b.rowStride() + column * b.columnStride(),
          F32Block.PANEL_ROW,
          b.rowStride(),
          done,
          out.memory(),
          outAt,
          out.rowStride(),
          out.columnStride(),
          fresh,
          finish,
          column);
    }
    for (long j = done; j < columns; j += F32Block.COLUMNS) {
      int width = (int) Math.min(F32Block.COLUMNS, columns - j);
      F32Pack.panel(b, p, depth, column + j, width, panel, 0);
      F32Block.multiply(
          block,
          rows,
          depth,
          panel,
          0,
          0,
          width,
          out.memory(),
          outAt + j * out.columnStride(),
          null,
          out.rowStride(),
          out.columnStride(),
          fresh,
          finish,
          column + j);
    }
  }
}
