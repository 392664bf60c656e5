package dev.lanewise.tensor.op;

import dev.lanewise.kernel.CopyLoop;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Moves elements of any type from one layout to another.
 *
 * <p>The loops follow the output's memory. Where the operand runs along another loop than the
 * innermost, as in a transposition, both are walked together in tiles, so that every cache line of
 * the operand is read once.
 */
public final class Copies implements Step, Workers.Parts {
  /** Elements that one part has at least; below it waking a thread costs more than it saves. */
  private static final long PART = 1 << 15;

  private final Nest nest;
  private final Workers workers;
  private final long xAt;
  private final long outAt;
  private final int parts;

  private Copies(Tensor x, long xAt, Layout xLayout, Tensor out, long outAt, Layout outLayout) {
    nest = new Nest(x.memory(), xLayout, out.memory(), outLayout, out.dtype().bytes());
    workers = out.engine().workers();
    this.xAt = xAt;
    this.outAt = outAt;
    parts = (int) Math.clamp(outLayout.shape().size() / PART, 1, Math.max(1, nest.outermost()));
  }

  /** {@code x}, stretched to the shape of {@code out}, into {@code out}, of the same type. */
  public static Step of(Tensor x, Tensor out) {
    return of(x, out, out.layout());
  }

  /**
   * {@code x} into {@code out}, whose elements {@code outLayout} places, counted from its first.
   */
  static Step of(Tensor x, Tensor out, Layout outLayout) {
    return new Copies(x, x.at(), x.layout(), out, out.at(), outLayout);
  }

  /**
   * The part of {@code x} that {@code view} shows, a layout made from its own, into {@code out}.
   */
  static Step ofPart(Tensor x, Layout view, Tensor out) {
    return new Copies(x, at(x, view), view, out, out.at(), out.layout());
  }

  /** {@code x} into the part of {@code out} that {@code view} shows, a layout made from its own. */
  static Step intoPart(Tensor x, Tensor out, Layout view) {
    return new Copies(x, x.at(), x.layout(), out, at(out, view), view);
  }

  /** Zeros into all of {@code out}, which lies in memory without gaps. */
  static Step zeros(Tensor out) {
    MemorySegment all = out.memory().asSlice(out.at(), out.size() * out.dtype().bytes());
    return () -> all.fill((byte) 0);
  }

  /** These steps, one after the other. */
  static Step inOrder(List<Step> steps) {
    Step[] all = steps.toArray(Step[]::new);
    return () -> {
      for (Step step : all) {
        step.run();
      }
    };
  }

  private static long at(Tensor tensor, Layout view) {
    return tensor.at() + (view.offset() - tensor.layout().offset()) * tensor.dtype().bytes();
  }

  @Override
  public void run() {
    workers.run(this, parts);
  }

  @Override
  public void run(int part, int slot) {
    nest.run(part, parts, xAt, outAt);
  }

  /** The loops of a copy, from wherever operand and output begin. */
  static final class Nest {
    private static final long LEAST_TILE = 4;

    private final MemorySegment x;
    private final MemorySegment out;
    private final int width;
    private final long[] extents;
    private final long[] xStrides;
    private final long[] outStrides;
    private final int last;
    private final boolean tiled;

    /** A nest between elements of this width; the layouts' offsets are left to {@link #run}. */
    Nest(MemorySegment x, Layout xLayout, MemorySegment out, Layout outLayout, int width) {
      this.x = x;
      this.out = out;
      this.width = width;
      Layout[] layouts = {xLayout.expand(outLayout.shape()), outLayout};
      LoopNest loops = LoopNest.of(layouts, new int[] {width, width});
      extents = loops.extents();
      xStrides = loops.strides()[0];
      outStrides = loops.strides()[1];
      last = extents.length - 1;
      tiled = crossing();
    }

    /** Whether the operand runs along another loop, which then becomes the last but one. */
    private boolean crossing() {
      if (xStrides[last] == width || outStrides[last] != width || extents[last] < LEAST_TILE) {
        return false;
      }
      for (int loop = last - 1; loop >= 0; loop--) {
        if (xStrides[loop] == width && extents[loop] >= LEAST_TILE) {
          rotate(extents, loop);
          rotate(xStrides, loop);
          rotate(outStrides, loop);
          return true;
        }
      }
      return false;
    }

    private void rotate(long[] values, int loop) {
      long value = values[loop];
      System.arraycopy(values, loop + 1, values, loop, last - 1 - loop);
      values[last - 1] = value;
    }

    /** Iterations of the outermost loop, among which parts are shared. */
    long outermost() {
      return extents[0];
    }

    /** All of it. */
    void run(long xAt, long outAt) {
      walk(0, extents[0], xAt, outAt);
    }

    /** One of several parts. */
    void run(int part, int parts, long xAt, long outAt) {
      long from = extents[0] * part / parts;
      long to = extents[0] * (part + 1) / parts;
      walk(0, to - from, xAt + from * xStrides[0], outAt + from * outStrides[0]);
    }

    private void walk(int loop, long extent, long xAt, long outAt) {
      if (loop == last) {
        CopyLoop.run(width, x, xAt, xStrides[loop], out, outAt, outStrides[loop], extent);
      } else if (tiled && loop == last - 1) {
        CopyLoop.transpose(
            width, x, xAt, xStrides[last], out, outAt, outStrides[loop], extent, extents[last]);
      } else {
        for (long i = 0; i < extent; i++) {
          walk(loop + 1, extents[loop + 1], xAt + i * xStrides[loop], outAt + i * outStrides[loop]);
        }
      }
    }
  }
}
