package dev.lanewise.tensor.graph;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A model prepared for inference: a graph of fixed shapes, its memory planned, its weights copied
 * and packed.
 *
 * <p>Immutable and shared by any number of threads; each caller runs it through a {@link Session}
 * of its own. Changing the weights it was recorded from does not change it. It closes after its
 * sessions.
 */
public final class CompiledModel implements AutoCloseable {
  private final Graph graph;
  private final MemoryPlan plan;
  private final Scope constants;

  /** Guards itself, the number of sessions, and the scope of constants against its closing. */
  private final Map<Packing, Tensor> packed = new HashMap<>();

  private int sessions;

  /** The n-th thing that one node asked to share among its steps. */
  private record Packing(int node, int number) {}

  private CompiledModel(Graph graph, Scope constants) {
    this.graph = graph;
    this.plan = MemoryPlan.of(graph);
    this.constants = constants;
  }

  /**
   * Records an eager model and compiles it for inputs of these types and shapes.
   *
   * @param model computes outputs from inputs; it is called once, with zeros, and what it does must
   *     not depend on the values
   * @throws IllegalArgumentException if the model refuses its inputs, or an output does not depend
   *     on them
   */
  public static CompiledModel record(
      Engine engine, List<Spec> inputs, Function<Tensor[], Tensor[]> model) {
    Scope constants = Scope.open("model", Scope.Options.standard().engine(engine));
    CompiledModel compiled = null;
    try {
      compiled = new CompiledModel(Recorder.record(constants, inputs, model), constants);
      constants.release();
      return compiled;
    } finally {
      if (compiled == null) {
        constants.close();
      }
    }
  }

  /** The nodes and values. */
  public Graph graph() {
    return graph;
  }

  /** Bytes of the memory that a session keeps its inputs, outputs and intermediate values in. */
  public long plannedBytes() {
    return plan.bytes();
  }

  /**
   * A new session, for one caller at a time.
   *
   * @throws IllegalStateException if this model is closed
   */
  public Session session() {
    synchronized (packed) {
      if (!constants.isOpen()) {
        throw new IllegalStateException("session: the model is closed");
      }
      sessions++;
    }
    boolean ready = false;
    try {
      Session session = new Session(this);
      ready = true;
      return session;
    } finally {
      if (!ready) {
        ended();
      }
    }
  }

  /** A session is no more. */
  void ended() {
    synchronized (packed) {
      sessions--;
    }
  }

  Engine engine() {
    return constants.engine();
  }

  MemoryPlan plan() {
    return plan;
  }

  /** What a node prepares once from constants for all sessions. */
  Tensor shared(int node, int number, DType dtype, Shape shape, Operands.Filler fill) {
    synchronized (packed) {
      Packing key = new Packing(node, number);
      Tensor tensor = packed.get(key);
      if (tensor == null) {
        tensor = constants.empty(dtype, shape);
        fill.fill(tensor);
        packed.put(key, tensor);
        constants.release();
      }
      return tensor;
    }
  }

  /**
   * Frees the weights.
   *
   * @throws IllegalStateException if a session is still open, or it is closed already
   */
  @Override
  public void close() {
    synchronized (packed) {
      if (sessions > 0) {
        throw new IllegalStateException(
            "model: closed while %d of its sessions %s open"
                .formatted(sessions, sessions == 1 ? "is" : "are"));
      }
      constants.close();
    }
  }
}
