package dev.lanewise.tensor.graph;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One caller's way to run a {@link CompiledModel}: its inputs, outputs and working memory.
 *
 * <pre>{@code
 * session.input(0).copyFrom(pixels);
 * session.run();
 * session.output(0).copyTo(probabilities);
 * }</pre>
 *
 * <p>{@link #run} allocates nothing. Inputs keep their values until overwritten, outputs until the
 * next run. A session serves one caller at a time, on any thread; concurrent use throws.
 */
public final class Session implements AutoCloseable {
  private final CompiledModel model;
  private final Scope scope;
  private final Step[] steps;
  private final Tensor[] inputs;
  private final Tensor[] outputs;
  private final AtomicBoolean running = new AtomicBoolean();

  /**
   * What a warm-up saw.
   *
   * @param runs how many runs it took
   * @param first the time of the first one
   * @param steady the median time of the last ones
   * @param isSteady whether times had stopped falling when the budget ended
   */
  public record WarmUp(long runs, Duration first, Duration steady, boolean isSteady) {}

  Session(CompiledModel model) {
    this.model = model;
    this.scope = Scope.open("session", Scope.Options.standard().engine(model.engine()));
    boolean ready = false;
    try {
      IdentityHashMap<Value, Tensor> tensors = new IdentityHashMap<>();
      Graph graph = model.graph();
      Tensor slab = scope.zeros(DType.U8, Shape.of(model.plan().bytes()));
      inputs = place(graph.inputs(), slab, tensors);
      List<Step> prepared = new ArrayList<>();
      for (int i = 0; i < graph.nodes().size(); i++) {
        Step step = prepare(i, graph.nodes().get(i), slab, tensors);
        if (step != null) {
          prepared.add(step);
        }
      }
      steps = prepared.toArray(Step[]::new);
      outputs = graph.outputs().stream().map(tensors::get).toArray(Tensor[]::new);
      ready = true;
    } finally {
      if (!ready) {
        scope.close();
      }
    }
    scope.release();
  }

  private Tensor[] place(List<Value> values, Tensor slab, IdentityHashMap<Value, Tensor> tensors) {
    Tensor[] placed = new Tensor[values.size()];
    for (int i = 0; i < placed.length; i++) {
      Value value = values.get(i);
      placed[i] = slab.part(model.plan().at(value), value.spec());
      tensors.put(value, placed[i]);
    }
    return placed;
  }

  private Step prepare(int number, Node node, Tensor slab, IdentityHashMap<Value, Tensor> tensors) {
    Tensor[] from = new Tensor[node.inputs().size()];
    for (int i = 0; i < from.length; i++) {
      Value value = node.inputs().get(i);
      from[i] = value.isConstant() ? value.tensor().in(scope) : tensors.get(value);
    }
    if (node.isView()) {
      tensors.put(node.outputs().getFirst(), node.op().apply(from));
      return null;
    }
    return node.op().prepare(new Bound(number, node, from, place(node.outputs(), slab, tensors)));
  }

  /**
   * Input {@code i}, to be written before {@link #run}.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Tensor input(int i) {
    return one("input", inputs, i);
  }

  /**
   * Output {@code i}, to be read after {@link #run}.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Tensor output(int i) {
    return one("output", outputs, i);
  }

  private static Tensor one(String what, Tensor[] all, int i) {
    if (i < 0 || i >= all.length) {
      throw new IndexOutOfBoundsException(
          "session: no %s %d: the model has %d".formatted(what, i, all.length));
    }
    return all[i];
  }

  /**
   * Computes the outputs from the inputs.
   *
   * @throws IllegalStateException if the session is closed or another caller is running it
   */
  public void run() {
    if (!running.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "session: used by two callers at the same time: open one session for each");
    }
    try {
      scope.own();
      try {
        for (Step step : steps) {
          step.run();
        }
      } finally {
        scope.release();
      }
    } finally {
      running.set(false);
    }
  }

  /** Runs on the present inputs until times no longer fall, for ten seconds at most. */
  public WarmUp warmUp() {
    return warmUp(Duration.ofSeconds(10));
  }

  /**
   * Runs on the present inputs until the median time of a round of runs is no longer clearly below
   * that of the round before, twice in a row, or the budget is used up.
   */
  public WarmUp warmUp(Duration budget) {
    long start = System.nanoTime();
    long first = timed();
    long runs = 1;
    long[] round = new long[64];
    long before = Long.MAX_VALUE;
    long median = first;
    int steadyRounds = 0;
    while (steadyRounds < 3 && System.nanoTime() - start < budget.toNanos()) {
      int count = 0;
      while (count < round.length && System.nanoTime() - start < budget.toNanos()) {
        round[count++] = timed();
      }
      runs += count;
      Arrays.sort(round, 0, count);
      median = count == 0 ? median : round[count / 2];
      steadyRounds = median > before * 0.95 ? steadyRounds + 1 : 0;
      before = median;
    }
    return new WarmUp(runs, Duration.ofNanos(first), Duration.ofNanos(median), steadyRounds >= 3);
  }

  private long timed() {
    long start = System.nanoTime();
    run();
    return System.nanoTime() - start;
  }

  /**
   * Frees the session's memory.
   *
   * @throws IllegalStateException if it is running or closed already
   */
  @Override
  public void close() {
    if (running.get()) {
      throw new IllegalStateException("session: closed while it runs");
    }
    scope.close();
    model.ended();
  }

  /** A node's operands in this session's memory. */
  private final class Bound extends Operands {
    private final int number;
    private final Node node;
    private int sharings;

    Bound(int number, Node node, Tensor[] from, Tensor[] to) {
      super(from, to);
      this.number = number;
      this.node = node;
    }

    @Override
    public boolean isConstant(int i) {
      return node.inputs().get(i).isConstant();
    }

    @Override
    public Tensor scratch(DType dtype, Shape shape) {
      return scope.empty(dtype, shape);
    }

    @Override
    public Tensor shared(DType dtype, Shape shape, Filler fill) {
      return model.shared(number, sharings++, dtype, shape, fill).in(scope);
    }
  }
}
