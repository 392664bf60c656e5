package dev.lanewise.nn;

import dev.lanewise.nn.data.Transforms;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.Node;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.nn.weight.StoredWeights;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A network described as layers applied to values; {@link #build} makes the model. Immutable.
 *
 * <p>{@link Sequential} describes one whose layers follow one another. A network is a layer itself,
 * so networks nest. Layers get Keras' names: {@code conv2d}, {@code conv2d_1}, {@code dense}.
 *
 * @param inputs values that {@link Input}s are
 * @param outputs values computed from them
 * @param name the model's name; null for Keras' name of its kind
 * @param dtype the type of weights and activations, f32 or f64
 * @param seed what first weights, the order of samples and dropout are drawn from
 * @param engine what the model computes on
 */
public record Network(
    List<Node> inputs, List<Node> outputs, String name, DType dtype, long seed, Engine engine)
    implements Layer {
  /** Copies the lists and checks that inputs are inputs. */
  public Network {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "network: at least one input and one output, not %d and %d"
              .formatted(inputs.size(), outputs.size()));
    }
    for (Node input : inputs) {
      if (!(input.layer() instanceof Input)) {
        throw new IllegalArgumentException(
            "network: an output of "
                + input.layer().type()
                + " is no input: Input.of(...) expected");
      }
    }
    if (!dtype.isFloating()) {
      throw new IllegalArgumentException("network: f32 or f64 expected, not " + dtype);
    }
  }

  /** From these inputs to these outputs, of f32, with seed 0, on the standard engine. */
  public static Network of(List<Node> inputs, List<Node> outputs) {
    return new Network(inputs, outputs, null, DType.F32, 0, Engine.standard());
  }

  /** From one input to one output. */
  public static Network of(Node input, Node output) {
    return of(List.of(input), List.of(output));
  }

  /** This network under another name. */
  @Override
  public Network named(String other) {
    return new Network(inputs, outputs, other, dtype, seed, engine);
  }

  /** This network with weights of another type. */
  public Network dtype(DType other) {
    return new Network(inputs, outputs, name, other, seed, engine);
  }

  /** This network with another seed. */
  public Network seed(long other) {
    return new Network(inputs, outputs, name, dtype, other, engine);
  }

  /** This network on another engine. */
  public Network engine(Engine other) {
    return new Network(inputs, outputs, name, dtype, seed, other);
  }

  /**
   * Makes the model, its weights by their initialisers.
   *
   * @throws IllegalArgumentException if a layer is not defined for what it is applied to
   */
  public Model build() {
    return build(scope -> Weights.random(scope, dtype, seed));
  }

  /**
   * Makes the model, its weights read from a safetensors file. {@link Transforms#read} gives what
   * was fitted with it.
   *
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if its weights are not this network's
   */
  public Model read(Path path) throws IOException {
    try (Safetensors file = Safetensors.open(path)) {
      StoredWeights stored = new StoredWeights(file, Transforms.entries(file));
      Model model = build(scope -> Weights.read(scope, dtype, stored));
      try {
        stored.requireAllRead();
        return model;
      } catch (IllegalArgumentException unknown) {
        model.close();
        throw unknown;
      }
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
  }

  /** {@link #build} and {@link Model#compile}. */
  public Model compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    return build().compile(optimizer, loss, metrics);
  }

  private Model build(Function<Scope, Weights> source) {
    String title = name == null ? Assembly.isChain(this) ? "sequential" : "functional" : name;
    Scope scope = Scope.open(title, Scope.Options.standard().engine(engine).seed(seed));
    boolean built = false;
    try {
      Weights weights = source.apply(scope);
      Model model = new Model(title, this, scope, Assembly.of(this, weights), weights);
      built = true;
      return model;
    } finally {
      if (!built) {
        scope.close();
      }
    }
  }

  /** Types and shapes of one sample of all inputs. */
  List<Spec> specs() {
    return inputs.stream().map(node -> spec((Input) node.layer())).toList();
  }

  private Spec spec(Input input) {
    return Spec.of(input.dtype() == null ? dtype : input.dtype(), input.shape());
  }

  @Override
  public String type() {
    return Assembly.isChain(this) ? "Sequential" : "Functional";
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> given) {
    List<Shape> expected = specs().stream().map(Spec::shape).toList();
    if (!given.equals(expected)) {
      throw error("inputs " + expected + " expected", given);
    }
    Assembly assembly = Assembly.of(this, weights);
    return Block.ofMasked(assembly.outputs(), assembly::call);
  }
}
