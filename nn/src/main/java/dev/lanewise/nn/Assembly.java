package dev.lanewise.nn;

import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.layer.Shared;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.AnomalyWatch;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A network built: its layers' blocks in an order in which each finds its inputs computed.
 *
 * <p>Values have numbered places: the inputs first, then the outputs of one call after the other.
 */
final class Assembly {
  private final int inputs;
  private final List<Part> parts;
  private final List<Call> calls;
  private final int places;
  private final int[] results;
  private final List<Shape> outputs;

  /**
   * A named layer's block applied to the values in some places, its results put from place {@code
   * to} on.
   */
  private record Call(String name, Block block, List<Integer> from, int to) {}

  private Assembly(Builder builder, Network network) {
    inputs = network.inputs().size();
    parts = List.copyOf(builder.parts);
    calls = List.copyOf(builder.calls);
    places = builder.shapes.size();
    results = network.outputs().stream().mapToInt(builder::place).toArray();
    outputs =
        network.outputs().stream().map(node -> builder.shapes.get(builder.place(node))).toList();
  }

  /**
   * Builds all layers.
   *
   * @throws IllegalArgumentException if one of them is not defined for what it is applied to, or a
   *     value depends on an input that is none of the network's
   */
  static Assembly of(Network network, Weights weights) {
    Builder builder = new Builder(network, weights);
    network.outputs().forEach(builder::visit);
    return new Assembly(builder, network);
  }

  /** Whether each layer has one input, the output of the one before. */
  static boolean isChain(Network network) {
    if (network.inputs().size() != 1 || network.outputs().size() != 1) {
      return false;
    }
    Node node = network.outputs().getFirst();
    while (node.inputs().size() == 1) {
      node = node.inputs().getFirst();
    }
    return node.application().equals(network.inputs().getFirst().application());
  }

  /** The layers that stand for themselves in a summary, in order. */
  List<Part> parts() {
    return parts;
  }

  /** Shapes of one sample of all outputs. */
  List<Shape> outputs() {
    return outputs;
  }

  /** Computes a batch; masks go from layer to layer with their values. */
  List<Masked> call(List<Masked> given, Pass pass) {
    Masked[] values = new Masked[places];
    for (int i = 0; i < inputs; i++) {
      values[i] = given.get(i);
    }
    boolean isNamed = pass.isTapped() || given.getFirst().values().scope().anomalyWatch() != null;
    for (Call call : calls) {
      List<Masked> from = new ArrayList<>(call.from.size());
      for (int place : call.from) {
        from.add(values[place]);
      }
      List<Masked> to = isNamed ? named(call, from, pass) : call.block.callMasked(from, pass);
      for (int i = 0; i < to.size(); i++) {
        values[call.to + i] = to.get(i);
      }
    }
    List<Masked> found = new ArrayList<>(results.length);
    for (int place : results) {
      found.add(values[place]);
    }
    return found;
  }

  /** Calls a layer so that a tap and what looks for anomalies know which it is. */
  private static List<Masked> named(Call call, List<Masked> from, Pass pass) {
    AnomalyWatch watch = from.getFirst().values().scope().anomalyWatch();
    String outer = pass.enter(call.name);
    String before = watch == null ? null : watch.enter(pass.layer());
    try {
      return pass.through(call.block.callMasked(from, pass));
    } finally {
      pass.leave(outer);
      if (watch != null) {
        watch.enter(before);
      }
    }
  }

  /** A layer's block, its name and what it was built for. */
  private record Built(String name, Block block, List<Shape> given) {}

  /** What building gathers. */
  private static final class Builder {
    final Weights weights;
    final List<Part> parts = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<Shape> shapes = new ArrayList<>();
    final Set<String> names = new HashSet<>();
    final Map<Object, Integer> places = new HashMap<>();
    final Map<Shared, Built> shared = new HashMap<>();

    Builder(Network network, Weights weights) {
      this.weights = weights;
      for (Node input : network.inputs()) {
        places.put(input.application(), shapes.size());
        shapes.add(((Input) input.layer()).shape());
      }
    }

    /** Where the value is; its application has been visited. */
    int place(Node node) {
      return places.get(node.application()) + node.index();
    }

    /** Depth first without recursion, since networks may be deep. */
    void visit(Node wanted) {
      List<Node> open = new ArrayList<>();
      open.add(wanted);
      while (!open.isEmpty()) {
        Node node = open.getLast();
        int before = open.size();
        for (int i = node.inputs().size() - 1; i >= 0; i--) {
          Node input = node.inputs().get(i);
          if (!places.containsKey(input.application())) {
            open.add(input);
          }
        }
        if (open.size() == before) {
          open.removeLast();
          if (!places.containsKey(node.application())) {
            apply(node);
          }
        }
      }
      require(wanted);
    }

    private void apply(Node node) {
      Layer layer = node.layer();
      if (layer instanceof Input input) {
        throw new IllegalArgumentException(
            "network: a value depends on an input of "
                + input.shape()
                + " that is none of its own");
      }
      List<Integer> from = new ArrayList<>();
      List<Shape> given = new ArrayList<>();
      for (Node input : node.inputs()) {
        require(input);
        from.add(place(input));
        given.add(shapes.get(place(input)));
      }
      Built found = found(layer, given);
      places.put(node.application(), shapes.size());
      calls.add(new Call(found.name, found.block, from, shapes.size()));
      shapes.addAll(found.block.outputs());
    }

    private void require(Node node) {
      int first = places.get(node.application());
      int next = shapes.size();
      for (Call call : calls) {
        if (call.to == first) {
          next = first + call.block.outputs().size();
        }
      }
      if (node.index() < 0 || first + node.index() >= next) {
        throw new IllegalArgumentException(
            "network: no output %d of %s, which has %d"
                .formatted(node.index(), node.layer().type(), next - first));
      }
    }

    /** The layer built, now or, if it is shared, maybe before. */
    private Built found(Layer layer, List<Shape> given) {
      if (!(layer instanceof Shared known)) {
        return built(layer, given);
      }
      Built before = shared.computeIfAbsent(known, l -> built(l, given));
      if (!before.given.equals(given)) {
        throw layer.error("shared, built before for " + before.given, given);
      }
      return before;
    }

    private Built built(Layer layer, List<Shape> given) {
      String name = unique(layer);
      int count = weights.parameters().size();
      Block block = layer.build(weights.in(name), given);
      List<Parameter> all = weights.parameters();
      parts.add(new Part(name, layer.type(), block, List.copyOf(all.subList(count, all.size()))));
      return new Built(name, block, given);
    }

    /** The name a layer asks for, else its type in Keras' spelling, numbered from the second on. */
    private String unique(Layer layer) {
      if (layer.name() != null) {
        if (!names.add(layer.name())) {
          throw new IllegalArgumentException("network: two layers named '" + layer.name() + "'");
        }
        return layer.name();
      }
      String stem = snakeCase(layer.type());
      String name = stem;
      for (int number = 1; !names.add(name); number++) {
        name = stem + "_" + number;
      }
      return name;
    }

    private static String snakeCase(String type) {
      return type.replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
          .replaceAll("([a-z])([A-Z])", "$1_$2")
          .toLowerCase(Locale.ROOT);
    }
  }
}
