package dev.lanewise.tensor.graph;

import dev.lanewise.tensor.Origin;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * Turns an eager model into a graph by running it once on zeros.
 *
 * <p>What it computes from the inputs becomes nodes. Everything else it uses, weights and whatever
 * was computed from weights alone, becomes constants, copied as they are now.
 */
final class Recorder {
  private final Scope constants;
  private final IdentityHashMap<Origin, Value[]> values = new IdentityHashMap<>();
  private final IdentityHashMap<Tensor, Value> copies = new IdentityHashMap<>();
  private final IdentityHashMap<Origin, Boolean> varying = new IdentityHashMap<>();

  private Recorder(Scope constants) {
    this.constants = constants;
  }

  /**
   * Records a model.
   *
   * @param constants where the copies of weights live
   * @throws IllegalArgumentException if an output does not depend on the inputs
   */
  static Graph record(Scope constants, List<Spec> inputs, Function<Tensor[], Tensor[]> model) {
    Scope.Options options = Scope.Options.standard().engine(constants.engine());
    try (Scope scope = Scope.open("recording", options)) {
      Tensor[] given = new Tensor[inputs.size()];
      for (int i = 0; i < given.length; i++) {
        given[i] = scope.zeros(inputs.get(i).dtype(), inputs.get(i).shape()).recorded();
      }
      return new Recorder(constants).graph(given, model.apply(given.clone()));
    }
  }

  private Graph graph(Tensor[] given, Tensor[] results) {
    List<Value> inputs = new ArrayList<>();
    for (Tensor input : given) {
      Value value = Value.of(input.spec());
      inputs.add(value);
      values.put(input.origin(), new Value[] {value});
      varying.put(input.origin(), true);
    }
    List<Node> nodes = new ArrayList<>();
    for (Origin origin : oldestFirst(results)) {
      if (origin.isLeaf()) {
        varying.putIfAbsent(origin, false);
      } else if (varies(origin)) {
        nodes.add(node(origin));
      }
    }
    List<Value> outputs = new ArrayList<>();
    for (Tensor result : results) {
      if (result.origin() == null || !varying.get(result.origin())) {
        throw new IllegalArgumentException(
            "record: output "
                + outputs.size()
                + " does not depend on the inputs: "
                + result.spec());
      }
      outputs.add(value(result));
    }
    return new Graph(List.copyOf(inputs), List.copyOf(nodes), List.copyOf(outputs));
  }

  private boolean varies(Origin origin) {
    boolean varies = false;
    for (int i = 0; i < origin.inputs(); i++) {
      Origin before = origin.input(i).origin();
      varies |= before != null && varying.get(before);
    }
    varying.put(origin, varies);
    return varies;
  }

  private Node node(Origin origin) {
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < origin.inputs(); i++) {
      inputs.add(value(origin.input(i)));
    }
    Value[] outputs = new Value[origin.outputs()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = Value.of(origin.output(i).spec());
    }
    values.put(origin, outputs);
    return new Node(origin.op(), List.copyOf(inputs), List.of(outputs));
  }

  private Value value(Tensor tensor) {
    if (tensor.origin() != null && varying.get(tensor.origin())) {
      return values.get(tensor.origin())[tensor.originIndex()];
    }
    return copies.computeIfAbsent(tensor, t -> Value.constant(t.copyTo(constants)));
  }

  private static List<Origin> oldestFirst(Tensor[] results) {
    IdentityHashMap<Origin, Boolean> seen = new IdentityHashMap<>();
    List<Origin> all = new ArrayList<>();
    for (Tensor result : results) {
      reach(result, seen, all);
    }
    for (int next = 0; next < all.size(); next++) {
      Origin origin = all.get(next);
      for (int i = 0; i < origin.inputs(); i++) {
        reach(origin.input(i), seen, all);
      }
    }
    all.sort(Comparator.comparingLong(Origin::birth));
    return all;
  }

  private static void reach(
      Tensor tensor, IdentityHashMap<Origin, Boolean> seen, List<Origin> all) {
    Origin origin = tensor.origin();
    if (origin != null && seen.put(origin, true) == null) {
      all.add(origin);
    }
  }
}
