package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Lane functions one after the other, each over its first operand, which its result takes the place
 * of: what the rule of an optimizer consists of.
 *
 * <p>All tensors have one shape and type. They are gone through once, in blocks so small that a
 * function finds in the cache what the one before it left there: the weights, the gradient and the
 * moments of a large layer do not fit there together.
 */
public final class InPlace implements Workers.Parts {
  /** Elements of a block: of four tensors of floats, 64 KiB. */
  private static final long BLOCK = 1 << 12;

  /** Elements that one part has at least; below it waking a thread costs more than it saves. */
  private static final long PART = 1 << 15;

  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Tensor> targets = new ArrayList<>();
  private final List<Pass> passes = new ArrayList<>();
  private MemorySegment[] memory;
  private long[] starts;
  private long[] extents;
  private long[][] strides;
  private int last;
  private int parts;

  /** One function over a block. */
  private interface Pass {
    /**
     * Runs it.
     *
     * @param at byte offsets of the block, by tensor
     */
    void run(long[] at, long count);
  }

  /** Nothing to be computed yet. */
  public InPlace() {}

  /** Adds {@code target = lane(target; p, q)}. */
  public InPlace map(Lane lane, Tensor target, double p, double q) {
    int x = target(target);
    MapKernel kernel = engine().kernels().map(lane, target.dtype().element());
    passes.add(
        (at, count) ->
            kernel.run(memory[x], at[x], stride(x), memory[x], at[x], stride(x), count, p, q));
    return this;
  }

  /** Adds {@code target = lane(target, second; p, q)}. */
  public InPlace zip(Lane lane, Tensor target, Tensor second, double p, double q) {
    int x = target(target);
    int y = index(second);
    ZipKernel kernel = engine().kernels().zip(lane, target.dtype().element());
    passes.add(
        (at, count) ->
            kernel.run(
                memory[x], at[x], stride(x), memory[y], at[y], stride(y), memory[x], at[x],
                stride(x), count, p, q));
    return this;
  }

  /** Adds {@code target = lane(target, second, third; p, q)}. */
  public InPlace ternary(
      Lane lane, Tensor target, Tensor second, Tensor third, double p, double q) {
    int x = target(target);
    int y = index(second);
    int z = index(third);
    TernaryKernel kernel = engine().kernels().ternary(lane, target.dtype().element());
    passes.add(
        (at, count) ->
            kernel.run(
                memory[x], at[x], stride(x), memory[y], at[y], stride(y), memory[z], at[z],
                stride(z), memory[x], at[x], stride(x), count, p, q));
    return this;
  }

  private int target(Tensor tensor) {
    int index = index(tensor);
    if (targets.stream().noneMatch(target -> target == tensor)) {
      targets.add(tensor);
    }
    return index;
  }

  /** The number of a tensor, which is added if it is new. */
  private int index(Tensor tensor) {
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i) == tensor) {
        return i;
      }
    }
    Tensor first = tensors.isEmpty() ? tensor : tensors.getFirst();
    if (!tensor.shape().equals(first.shape()) || !tensor.dtype().equals(first.dtype())) {
      throw new IllegalArgumentException(
          "inPlace: types or shapes differ: " + first.spec() + " x " + tensor.spec());
    }
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  private Engine engine() {
    return tensors.getFirst().engine();
  }

  private long stride(int tensor) {
    return strides[tensor][last];
  }

  /**
   * Computes all functions in the order in which they were added.
   *
   * @throws IllegalStateException if the scope of a tensor is closed
   */
  public void run() {
    if (tensors.isEmpty() || tensors.getFirst().size() == 0) {
      return;
    }
    int count = tensors.size();
    memory = new MemorySegment[count];
    starts = new long[count];
    Layout[] layouts = new Layout[count];
    int[] widths = new int[count];
    for (int i = 0; i < count; i++) {
      Tensor tensor = tensors.get(i);
      memory[i] = tensor.memory();
      starts[i] = tensor.at();
      layouts[i] = tensor.layout();
      widths[i] = tensor.dtype().bytes();
    }
    LoopNest nest = LoopNest.of(layouts, widths);
    extents = nest.extents();
    strides = nest.strides();
    last = extents.length - 1;
    parts = (int) Math.min(extents[0], Math.max(1, tensors.getFirst().size() / PART));
    engine().workers().run(this, parts);
    for (Tensor target : targets) {
      // Written through the tensor once, so that a backward pass that needed the old value throws.
      long[] first = new long[target.rank()];
      target.set(target.value(first), first);
    }
  }

  @Override
  public void run(int part, int slot) {
    long from = start(part);
    long[] at = starts.clone();
    for (int i = 0; i < at.length; i++) {
      at[i] += from * strides[i][0];
    }
    walk(0, start(part + 1) - from, at);
  }

  /** Where a part starts in the outermost loop; inside of a row on a boundary of blocks. */
  private long start(int part) {
    long at = extents[0] * part / parts;
    return last == 0 && part < parts ? at & -BLOCK : at;
  }

  private void walk(int level, long extent, long[] at) {
    if (level == last) {
      blocks(extent, at);
      return;
    }
    for (long i = 0; i < extent; i++) {
      walk(level + 1, extents[level + 1], at);
      move(at, level, 1);
    }
    move(at, level, -extent);
  }

  private void blocks(long extent, long[] at) {
    for (long from = 0; from < extent; from += BLOCK) {
      long count = Math.min(BLOCK, extent - from);
      for (int i = 0; i < passes.size(); i++) {
        passes.get(i).run(at, count);
      }
      move(at, last, count);
    }
    move(at, last, -extent);
  }

  private void move(long[] at, int level, long steps) {
    for (int i = 0; i < at.length; i++) {
      at[i] += steps * strides[i][level];
    }
  }
}
