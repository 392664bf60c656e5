package dev.lanewise.tensor.op;

import dev.lanewise.kernel.CopyLoop;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.GemmKernel;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.Matrix;
import dev.lanewise.kernel.PackedMatrix;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.SharedRange.Items;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the steps of all recurrent operators share: the product with the recurrent weights, which
 * are packed once, and the order of the steps.
 *
 * <p>Samples do not depend on each other, so every thread takes some of them through all steps and
 * waits for nobody. A sample's sums are in the fixed order of the product, whichever thread has it.
 */
final class Recurrence {
  /** Multiply-adds that take as long as one element of a gate. */
  private static final long ELEMENT_COST = 32;

  final Element element;
  final int width;
  final long samples;
  final int steps;
  final long units;
  private final Engine engine;
  private final GemmKernel gemm;
  private final Matrix weights;
  private final PackedMatrix packed;
  private final boolean packsEachRun;
  private final int parts;
  private final Workspace[] workspaces;
  private final boolean reverse;
  private final Rows mask;

  /**
   * A recurrence over sequences {@code [n, t, ...]} like {@code sequence}.
   *
   * @param input number of the recurrent weights {@code [units, columns]}
   * @param transposed whether products are with the transposed weights, as gradients are
   * @param masked number of the mask {@code [n, t]}, which need not be there
   */
  Recurrence(
      Operands operands,
      Tensor sequence,
      int input,
      boolean transposed,
      boolean reverse,
      int masked) {
    this.reverse = reverse;
    mask = operands.inputs() > masked ? Rows.of(operands.input(masked)) : null;
    engine = operands.engine();
    element = sequence.dtype().element();
    width = element.bytes();
    samples = sequence.extent(0);
    steps = Math.toIntExact(sequence.extent(1));
    units = operands.input(input).extent(0);
    gemm = engine.kernels().gemm(element);
    Matrix given = Rows.of(operands.input(input)).matrix(0, units, operands.input(input).extent(1));
    weights = transposed ? given.transposed() : given;
    Shape size = Shape.of(gemm.packedBytes(weights.rows(), weights.columns()));
    packsEachRun = !operands.isConstant(input);
    Tensor memory =
        packsEachRun
            ? operands.scratch(DType.U8, size)
            : operands.shared(DType.U8, size, target -> pack(target.memory(), target.at()));
    packed = new PackedMatrix(memory.memory(), memory.at(), weights.rows(), weights.columns());
    long perSample = steps * weights.columns() * (weights.rows() + ELEMENT_COST);
    long worthwhile = samples * perSample / engine.profile().splitThreshold();
    // A part reads the packed weights once per step, so there are no more parts than threads.
    parts = Math.clamp(worthwhile, 1, engine.workers().threads());
    // Any thread of the pool may take a part, whatever their number.
    workspaces = new Workspace[parts == 1 ? 1 : engine.workers().threads()];
    for (int slot = 0; slot < workspaces.length; slot++) {
      workspaces[slot] = operands.workspace(slot);
    }
  }

  private void pack(MemorySegment memory, long at) {
    gemm.pack(weights, memory, at);
  }

  /** The step that packs the weights if they may change and then takes the samples through. */
  Step over(Items items) {
    SharedRange blocks = new SharedRange(engine.workers(), samples, gemm.rowStep(), parts, items);
    long panels = gemm.panels(weights.columns());
    return () -> {
      if (packsEachRun) {
        gemm.pack(weights, 0, panels, packed);
      }
      blocks.run();
    };
  }

  /** Rows {@code from} to {@code to} of the product of {@code left} with the weights. */
  void multiply(Matrix left, Matrix out, WriteOut writeOut, long from, long to, int slot) {
    gemm.multiply(left, packed, out, writeOut, from, to, workspaces[slot]);
  }

  /** Where in the sequence the step stands that is number {@code step} of the computation. */
  int place(int step) {
    return reverse ? steps - 1 - step : step;
  }

  /** Whether there is a mask. */
  boolean isMasked() {
    return mask != null;
  }

  /** Whether the mask leaves a step of a sample out. */
  boolean skips(int step, long sample) {
    return mask != null
        && mask.memory.get(ValueLayout.JAVA_BYTE, mask.at(sample, 0) + place(step) * mask.stride)
            == 0;
  }

  /** Copies the state before a step of a sample into the place of the step. */
  void carry(Rows initial, Rows states, int step, long sample) {
    Rows before = step == 0 ? initial : states;
    copy(before, step == 0 ? 0 : place(step - 1), states, place(step), sample, sample + 1);
  }

  /** Makes {@code count} adjacent elements zero. */
  void clear(MemorySegment memory, long at, long count) {
    for (long i = 0; i < count; i++) {
      Cell.set(memory, at + i * width, width, 0);
    }
  }

  /** For each step the matrix of all samples' {@code columns} first elements in its place. */
  Matrix[] matrices(Rows rows, long columns) {
    Matrix[] matrices = new Matrix[steps];
    for (int step = 0; step < steps; step++) {
      matrices[step] = rows.matrix(place(step), samples, columns);
    }
    return matrices;
  }

  /** For each step the state it starts from: {@code initial}, then that of the step before. */
  Matrix[] before(Rows initial, Rows states) {
    Matrix[] matrices = new Matrix[steps];
    for (int step = 0; step < steps; step++) {
      matrices[step] =
          step == 0
              ? initial.matrix(0, samples, units)
              : states.matrix(place(step - 1), samples, units);
    }
    return matrices;
  }

  /** Copies the samples' states from one place to another. */
  void copy(Rows rows, int place, Rows to, int toPlace, long from, long end) {
    for (long sample = from; sample < end; sample++) {
      CopyLoop.run(
          width,
          rows.memory,
          rows.at(sample, place),
          rows.stride,
          to.memory,
          to.at(sample, toPlace),
          to.stride,
          units);
    }
  }

  /** Copies the states after the last step, which are {@code initial} where there is no step. */
  void copyLast(Rows initial, Rows states, Rows to, long from, long end) {
    if (steps == 0) {
      copy(initial, 0, to, 0, from, end);
    } else {
      copy(states, place(steps - 1), to, 0, from, end);
    }
  }

  MapKernel map(Lane lane) {
    return kernels().map(lane, element);
  }

  ZipKernel zip(Lane lane) {
    return kernels().zip(lane, element);
  }

  TernaryKernel ternary(Lane lane) {
    return kernels().ternary(lane, element);
  }

  private Kernels kernels() {
    return engine.kernels();
  }

  /**
   * The vectors of a tensor {@code [n, t, k]}, or {@code [n, k]}, which has them in one place only.
   */
  static final class Rows {
    final MemorySegment memory;

    /** Bytes from one element of a vector to the next. */
    final long stride;

    private final long start;
    private final long sampleStride;
    private final long placeStride;

    private Rows(Tensor tensor) {
      memory = tensor.memory();
      start = tensor.at();
      stride = tensor.byteStride(tensor.rank() - 1);
      sampleStride = tensor.byteStride(0);
      placeStride = tensor.rank() == 3 ? tensor.byteStride(1) : 0;
    }

    static Rows of(Tensor tensor) {
      return new Rows(tensor);
    }

    /** The byte offset of a vector. */
    long at(long sample, int place) {
      return start + sample * sampleStride + place * placeStride;
    }

    Matrix matrix(int place, long rows, long columns) {
      return new Matrix(memory, at(0, place), rows, columns, sampleStride, stride);
    }
  }

  /**
   * {@code x kernel + bias} of all steps, one product of the first input and input {@code kernel}.
   */
  static Step projection(Operands operands, int kernel, Tensor bias, Tensor sums) {
    Tensor row = bias;
    Step copy = () -> {};
    if (bias.extent(0) > 1 && bias.layout().stride(0) != 1) {
      row = operands.scratch(bias.dtype(), bias.shape());
      copy = Copies.of(bias, row);
    }
    WriteOut writeOut = WriteOut.bias(row.memory(), row.at());
    Step product = Products.of(operands, operands.input(0), kernel, sums, writeOut);
    Step gather = copy;
    return () -> {
      gather.run();
      product.run();
    };
  }

  /** The gradient of output {@code i}; one zero for all elements if no path leads to the loss. */
  static Tensor grad(Saved saved, Grads grads, int i, Scope scope) {
    Spec spec = saved.outputSpec(i);
    if (grads.at(i) != null) {
      return grads.at(i);
    }
    return new Expand(spec.shape()).apply(scope.zeros(spec.dtype(), Shape.scalar()));
  }

  /** The places of the steps in the sequence, in the order of the computation. */
  static int[] places(long steps, boolean reverse) {
    int[] places = new int[Math.toIntExact(steps)];
    for (int step = 0; step < places.length; step++) {
      places[step] = reverse ? places.length - 1 - step : step;
    }
    return places;
  }

  /**
   * Checks the number and types of the operands: {@code count} of one floating type, and a mask of
   * booleans that may follow.
   *
   * @throws IllegalArgumentException if they are others
   */
  static DType require(String operator, Specs in, int count) {
    if (in.size() != count && in.size() != count + 1) {
      throw in.error(
          operator, count + " operands, or one more for a mask, expected, " + in.size() + " given");
    }
    DType dtype = in.first().dtype();
    for (int i = 0; i < count; i++) {
      DType own = in.at(i).dtype();
      if (!own.isFloating()) {
        throw in.error(operator, "f32 or f64 expected, not " + own + ": cast first");
      }
      if (!own.equals(dtype)) {
        throw in.error(operator, "element types differ");
      }
    }
    if (in.size() > count && !in.at(count).dtype().equals(DType.BOOL)) {
      throw in.error(operator, "a mask of bool expected, not " + in.at(count).dtype());
    }
    return dtype;
  }

  /** Checks the shape of the mask {@code [n, t]} of sequences, if there is one. */
  static void requireMask(String operator, Specs in, int input, Shape sequence) {
    if (in.size() > input && !in.shape(input).equals(sequence.without(2))) {
      throw in.error(operator, "a mask [n, t] expected");
    }
  }

  /** Input {@code i} if it is there, else null. */
  static Tensor optional(Saved saved, int i) {
    return saved.inputs() > i ? saved.input(i) : null;
  }

  /** These operands, and the mask if there is one. */
  static Tensor[] with(Tensor mask, Tensor... operands) {
    if (mask == null) {
      return operands;
    }
    Tensor[] more = java.util.Arrays.copyOf(operands, operands.length + 1);
    more[operands.length] = mask;
    return more;
  }

  /** {@code x [n, k]} for samples that take the step in this place, zero for others. */
  static Tensor taken(Tensor mask, Tensor x, int place) {
    return mask == null ? x : x.mul(mask.slice(1, place, place + 1).cast(x.dtype()));
  }

  /** {@code x [n, k]} for samples that skip the step in this place, zero for others, or null. */
  static Tensor skipped(Tensor mask, Tensor x, int place) {
    return mask == null ? null : x.sub(taken(mask, x, place));
  }

  /** The states that the steps started from, in the steps' places: {@code [n, t, units]}. */
  static Tensor before(Tensor initial, Tensor states, boolean reverse) {
    long steps = states.extent(1);
    if (steps == 0) {
      return states;
    }
    Tensor first = initial.reshape(initial.extent(0), 1, initial.extent(1));
    Concat concat = new Concat(1);
    return reverse
        ? concat.apply(states.slice(1, 1, steps), first)
        : concat.apply(first, states.slice(1, 0, steps - 1));
  }

  /** What {@code sequence [n, t, k]} holds in one place: {@code [n, k]}. */
  static Tensor at(Tensor sequence, int place) {
    return sequence.slice(1, place, place + 1).reshape(sequence.extent(0), sequence.extent(2));
  }

  /** Part {@code i} of the last axis of {@code x [n, k]}, in parts of {@code units}. */
  static Tensor gate(Tensor x, int i, long units) {
    return x.slice(1, i * units, (i + 1) * units);
  }

  /** Vectors {@code [n, k]}, one for each place, as a sequence like {@code like [n, 0, k]}. */
  static Tensor sequence(Tensor[] places, Tensor like) {
    return places.length == 0 ? like : new Stack(1).apply(places);
  }

  /** {@code y (1 - y)}: the slope of the logistic function of value y. */
  static Tensor sigmoidSlope(Tensor y) {
    return y.mul(y.neg().add(1));
  }

  /** {@code 1 - y²}: the slope of the hyperbolic tangent of value y. */
  static Tensor tanhSlope(Tensor y) {
    return y.square().neg().add(1);
  }

  /** The sum of those that there are, or null. */
  static Tensor sum(Tensor... terms) {
    Tensor sum = null;
    for (Tensor term : terms) {
      if (term != null) {
        sum = sum == null ? term : sum.add(term);
      }
    }
    return sum;
  }
}
