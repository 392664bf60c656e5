package dev.lanewise.tensor.op;

import dev.lanewise.kernel.GemmKernel;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.Matrix;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;

/**
 * The products of two operands over their last two axes, leading axes broadcast, as one step.
 *
 * <p>Leading axes that the second operand does not have, and that lie evenly in the first and the
 * output, are rows more of one product. What is left are independent products, cut into parts for
 * the threads: along the columns where the kernel takes all rows at once, so that each part packs
 * what is its own of the second operand; else along the rows. Every output element is one sum in a
 * fixed order, so cutting changes no bit.
 *
 * <p>The second operand is packed ahead once and for all if it is constant, and once per run if
 * several blocks of rows meet it.
 */
final class Products implements SharedRange.Items {
  /** Rows of one block at least, so that what is packed or loaded once serves many. */
  private static final long BLOCK_ROWS = 24;

  /** Columns of one block at least, for the same reason. */
  private static final long BLOCK_COLUMNS = 128;

  /** Parts that each of several threads must find, if they are worth their while. */
  private static final long NEEDED_PARTS = 2;

  /** Multiply-adds that take as long as reading or writing one element. */
  private static final long ELEMENT_COST = 8;

  private final GemmKernel kernel;
  private final Factors factors;
  private final long blockRows;
  private final long rowBlocks;
  private final long blockColumns;
  private final int columnBlocks;

  /** Whether the kernel takes all rows at once, so that no panel is needed twice. */
  private final boolean oneBlock;

  private final Matrix[] left;
  private final Matrix[] right;
  private final Matrix[] out;
  private final WriteOut[] writeOuts;
  private final PackedMatrix[] packed;
  private final Workspace[] workspaces;
  private final SharedRange blocks;

  /** The product of the first two inputs into the first output. */
  static Step of(Operands operands, WriteOut writeOut) {
    Tensor x = operands.input(0);
    return of(operands, x, 1, operands.output(0), writeOut);
  }

  /** The product of {@code x} and input {@code right} into {@code product}. */
  static Step of(Operands operands, Tensor x, int right, Tensor product, WriteOut writeOut) {
    Factors factors = new Factors(x, operands.input(right), product);
    Products products = new Products(operands, factors, writeOut);
    Step pack = products.packing(operands, operands.isConstant(right));
    SharedRange blocks = products.blocks;
    return () -> {
      pack.run();
      blocks.run();
    };
  }

  private Products(Operands operands, Factors factors, WriteOut writeOut) {
    this.factors = factors;
    Engine engine = operands.engine();
    DType dtype = operands.output(0).dtype();
    kernel = engine.kernels().gemm(dtype.element());
    long cost = factors.count * factors.cost();
    long parts = SharedRange.useful(engine.workers(), cost / engine.profile().splitThreshold());
    oneBlock = factors.m <= GemmLayout.blocks(engine.profile(), dtype.element()).rows();
    long few = Math.ceilDiv(BLOCK_ROWS, kernel.rowStep()) * kernel.rowStep();
    long needed = Math.min(parts, NEEDED_PARTS * engine.workers().threads());
    long others = Math.max(1, factors.count * (oneBlock ? 1 : Math.ceilDiv(factors.m, few)));
    long mostColumns = Math.max(1, factors.n / BLOCK_COLUMNS);
    long wanted = Math.clamp(Math.ceilDiv(needed, others), 1, mostColumns);
    blockColumns = wanted == 1 ? factors.n : Math.ceilDiv(factors.n, wanted * 64) * 64;
    columnBlocks = wanted == 1 ? 1 : Math.toIntExact(Math.ceilDiv(factors.n, blockColumns));
    blockRows = oneBlock && columnBlocks * others >= needed ? Math.max(1, factors.m) : few;
    rowBlocks = Math.max(1, Math.ceilDiv(factors.m, blockRows));
    long units = factors.count * columnBlocks * rowBlocks;
    blocks = new SharedRange(engine.workers(), units, 1, parts, this);
    // Any thread of the pool may take a part, whatever their number.
    workspaces = new Workspace[blocks.parts() <= 1 ? 1 : engine.workers().threads()];
    for (int slot = 0; slot < workspaces.length; slot++) {
      workspaces[slot] = operands.workspace(slot);
    }
    int count = Math.toIntExact(factors.count);
    int rights = factors.sharesRight() ? 1 : count;
    left = new Matrix[count];
    right = new Matrix[rights * columnBlocks];
    out = new Matrix[count * columnBlocks];
    writeOuts = new WriteOut[columnBlocks];
    bind(dtype.bytes(), count, rights, writeOut);
    packed = new PackedMatrix[factors.sharesRight() ? columnBlocks : 0];
  }

  private void bind(int width, int count, int rights, WriteOut writeOut) {
    for (int block = 0; block < columnBlocks; block++) {
      long from = block * blockColumns;
      long columns = Math.min(blockColumns, factors.n - from);
      writeOuts[block] =
          writeOut.bias() == null
              ? writeOut
              : new WriteOut(
                  writeOut.accumulate(),
                  writeOut.bias(),
                  writeOut.biasAt() + from * width,
                  writeOut.relu());
      for (int i = 0; i < rights; i++) {
        right[i * columnBlocks + block] = factors.right(i, from, columns);
      }
      for (int i = 0; i < count; i++) {
        out[i * columnBlocks + block] = factors.out(i, from, columns);
      }
    }
    for (int i = 0; i < count; i++) {
      left[i] = factors.left(i);
    }
  }

  /** Packs the second operand now if it never changes, or returns the step that does. */
  private Step packing(Operands operands, boolean constant) {
    boolean meetsMany = columnBlocks == 1 && (factors.count > 1 || !oneBlock);
    long bytes = 0;
    for (int block = 0; block < packed.length; block++) {
      bytes += kernel.packedBytes(factors.k, right[block].columns());
    }
    long plainBytes = factors.k * factors.n * operands.output(0).dtype().bytes();
    if (packed.length == 0 || bytes > 2 * plainBytes || !(constant || meetsMany)) {
      return () -> {};
    }
    Shape size = Shape.of(bytes);
    if (constant) {
      place(operands.shared(DType.U8, size, this::packAll));
      return () -> {};
    }
    place(operands.scratch(DType.U8, size));
    long parts = plainBytes >> 17;
    return new SharedRange(
        operands.engine().workers(),
        kernel.panels(factors.n),
        1,
        parts,
        (from, to, slot) -> kernel.pack(right[0], from, to, packed[0]));
  }

  private void place(Tensor memory) {
    long at = memory.at();
    for (int block = 0; block < packed.length; block++) {
      Matrix matrix = right[block];
      packed[block] = new PackedMatrix(memory.memory(), at, matrix.rows(), matrix.columns());
      at += kernel.packedBytes(matrix.rows(), matrix.columns());
    }
  }

  private void packAll(Tensor memory) {
    long at = memory.at();
    for (int block = 0; block < packed.length; block++) {
      Matrix matrix = right[block];
      kernel.pack(matrix, memory.memory(), at);
      at += kernel.packedBytes(matrix.rows(), matrix.columns());
    }
  }

  /** Blocks count rows fastest, so that neighbours are one call. */
  @Override
  public void run(long from, long to, int slot) {
    long next = from;
    while (next < to) {
      long block = next / rowBlocks;
      long first = next % rowBlocks;
      long end = Math.min(rowBlocks, first + to - next);
      multiply((int) block, first * blockRows, Math.min(factors.m, end * blockRows), slot);
      next += end - first;
    }
  }

  private void multiply(int block, long rowFrom, long rowTo, int slot) {
    int column = block % columnBlocks;
    Matrix x = left[block / columnBlocks];
    Workspace workspace = workspaces[slot];
    if (packed.length > 0 && packed[column] != null) {
      kernel.multiply(x, packed[column], out[block], writeOuts[column], rowFrom, rowTo, workspace);
    } else {
      Matrix y = right[factors.sharesRight() ? column : block];
      kernel.multiply(x, y, out[block], writeOuts[column], rowFrom, rowTo, workspace);
    }
  }

  /** The operands as matrices: extents, and strides in bytes. */
  private static final class Factors {
    private static final int LEFT = 0;
    private static final int RIGHT = 1;
    private static final int OUT = 2;

    final Tensor[] tensors;
    final long[] rowStrides = new long[3];
    final long[] columnStrides = new long[3];

    /** Leading axes that are left, outermost first: their extents and each operand's strides. */
    final long[] extents;

    final long[][] strides;
    int axes;
    long m;
    final long k;
    final long n;
    long count = 1;

    Factors(Tensor x, Tensor y, Tensor product) {
      tensors = new Tensor[] {x, y, product};
      boolean row = x.rank() == 1;
      boolean column = y.rank() == 1;
      m = row ? 1 : x.extent(-2);
      k = x.extent(-1);
      n = column ? 1 : y.extent(-1);
      rowStrides[LEFT] = row ? 0 : stride(x, 2);
      columnStrides[LEFT] = stride(x, 1);
      rowStrides[RIGHT] = stride(y, column ? 1 : 2);
      columnStrides[RIGHT] = column ? 0 : stride(y, 1);
      int matrixAxes = (row ? 0 : 1) + (column ? 0 : 1);
      rowStrides[OUT] = row ? 0 : stride(product, column ? 1 : 2);
      columnStrides[OUT] = column ? product.dtype().bytes() : stride(product, 1);
      int leading = product.rank() - matrixAxes;
      extents = new long[leading];
      strides = new long[3][leading];
      collect(leading);
      fold();
      for (int axis = 0; axis < axes; axis++) {
        count *= extents[axis];
      }
    }

    /** Bytes between neighbours along an axis counted from the end. */
    private static long stride(Tensor tensor, int fromEnd) {
      return tensor.byteStride(tensor.rank() - fromEnd);
    }

    private void collect(int leading) {
      for (int axis = 0; axis < leading; axis++) {
        if (tensors[OUT].extent(axis) != 1) {
          extents[axes] = tensors[OUT].extent(axis);
          strides[OUT][axes] = tensors[OUT].byteStride(axis);
          for (int i = LEFT; i <= RIGHT; i++) {
            int own = axis - leading + Math.max(0, tensors[i].rank() - 2);
            boolean stretched = own < 0 || tensors[i].extent(own) == 1;
            strides[i][axes] = stretched ? 0 : tensors[i].byteStride(own);
          }
          axes++;
        }
      }
    }

    /** Makes rows of the innermost leading axes where all operands allow it. */
    private void fold() {
      while (axes > 0 && strides[RIGHT][axes - 1] == 0) {
        int axis = axes - 1;
        if (m == 1) {
          rowStrides[LEFT] = strides[LEFT][axis];
          rowStrides[OUT] = strides[OUT][axis];
        } else if (strides[LEFT][axis] != m * rowStrides[LEFT]
            || strides[OUT][axis] != m * rowStrides[OUT]) {
          return;
        }
        m *= extents[axis];
        axes--;
      }
    }

    /** What one product costs, in multiply-adds. */
    long cost() {
      return m * n * k + ELEMENT_COST * (m * k + k * n + m * n);
    }

    /** Whether all products have the same second operand. */
    boolean sharesRight() {
      for (int axis = 0; axis < axes; axis++) {
        if (strides[RIGHT][axis] != 0) {
          return false;
        }
      }
      return true;
    }

    Matrix left(long product) {
      return matrix(LEFT, product, m, k, 0);
    }

    Matrix right(long product, long column, long columns) {
      return matrix(RIGHT, product, k, columns, column);
    }

    Matrix out(long product, long column, long columns) {
      return matrix(OUT, product, m, columns, column);
    }

    private Matrix matrix(int which, long product, long rows, long columns, long column) {
      long at = tensors[which].at() + column * columnStrides[which];
      long rest = product;
      for (int axis = axes - 1; axis >= 0; axis--) {
        at += rest % extents[axis] * strides[which][axis];
        rest /= extents[axis];
      }
      return new Matrix(
          tensors[which].memory(), at, rows, columns, rowStrides[which], columnStrides[which]);
    }
  }
}
