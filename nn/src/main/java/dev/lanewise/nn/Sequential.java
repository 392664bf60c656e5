package dev.lanewise.nn;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.nn.weight.Parameter;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * A network whose layers follow one another, described; {@link #build} makes the model.
 *
 * <p>The first layer is an {@link Input}; the shapes of all others follow. Layers get Keras' names:
 * {@code conv2d}, {@code conv2d_1}, {@code dense}.
 *
 * @param layers in order
 * @param name the model's name
 * @param dtype the type of weights and activations, f32 or f64
 * @param seed what first weights, the order of samples and dropout are drawn from
 * @param engine what the model computes on
 */
public record Sequential(List<Layer> layers, String name, DType dtype, long seed, Engine engine) {
  /** Copies the list and checks that it begins with an input. */
  public Sequential {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || !(layers.getFirst() instanceof Input)) {
      throw new IllegalArgumentException(
          "sequential: the first layer is "
              + (layers.isEmpty() ? "missing" : layers.getFirst().type())
              + ": Input.of(...) expected");
    }
    if (!dtype.isFloating()) {
      throw new IllegalArgumentException("sequential: f32 or f64 expected, not " + dtype);
    }
  }

  /** These layers, of f32, with seed 0, on the standard engine. */
  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers), "sequential", DType.F32, 0, Engine.standard());
  }

  /** This network under another name. */
  public Sequential named(String other) {
    return new Sequential(layers, other, dtype, seed, engine);
  }

  /** This network with weights of another type. */
  public Sequential dtype(DType other) {
    return new Sequential(layers, name, other, seed, engine);
  }

  /** This network with another seed. */
  public Sequential seed(long other) {
    return new Sequential(layers, name, dtype, other, engine);
  }

  /** This network on another engine. */
  public Sequential engine(Engine other) {
    return new Sequential(layers, name, dtype, seed, other);
  }

  /**
   * Makes the model, its weights by their initialisers.
   *
   * @throws IllegalArgumentException if a layer is not defined for what the one before it gives
   */
  public Model build() {
    return build(scope -> Weights.random(scope, dtype, seed));
  }

  /**
   * Makes the model, its weights read from a safetensors file.
   *
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if its weights are not this network's
   */
  public Model read(Path path) throws IOException {
    try (Safetensors file = Safetensors.open(path)) {
      StoredWeights stored = new StoredWeights(file);
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
    Scope scope = Scope.open(name, Scope.Options.standard().engine(engine).seed(seed));
    boolean built = false;
    try {
      Model model = new Model(this, scope, parts(source.apply(scope)));
      built = true;
      return model;
    } finally {
      if (!built) {
        scope.close();
      }
    }
  }

  private List<Part> parts(Weights weights) {
    List<Part> parts = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Shape shape = input().shape();
    for (Layer layer : layers.subList(1, layers.size())) {
      String layerName = unique(layer, names);
      int before = weights.parameters().size();
      Block block = layer.build(weights.in(layerName), shape);
      List<Parameter> all = weights.parameters();
      parts.add(
          new Part(layerName, layer.type(), block, List.copyOf(all.subList(before, all.size()))));
      shape = block.output();
    }
    return parts;
  }

  /** Type and shape of one sample. */
  Spec input() {
    return Spec.of(dtype, ((Input) layers.getFirst()).shape());
  }

  /** The name a layer asks for, else its type in Keras' spelling, numbered from the second on. */
  private static String unique(Layer layer, Set<String> names) {
    if (layer.name() != null) {
      if (!names.add(layer.name())) {
        throw new IllegalArgumentException("sequential: two layers named '" + layer.name() + "'");
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
