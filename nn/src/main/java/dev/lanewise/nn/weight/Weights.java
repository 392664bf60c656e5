package dev.lanewise.nn.weight;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the layers of a network get their weights: a layer asks for a weight of a name and a shape
 * and gets it made by its initialiser or read from a file; it cannot tell which.
 *
 * <p>{@link #in} prefixes names, so that a layer knows only its own part of them.
 */
public final class Weights {
  private final String prefix;
  private final Scope scope;
  private final DType dtype;
  private final Source source;
  private final List<Parameter> parameters;
  private final List<State> states;

  /** Gives a new weight its value. */
  @FunctionalInterface
  private interface Source {
    void fill(String name, Tensor target, Initializer initializer);
  }

  private Weights(
      String prefix,
      Scope scope,
      DType dtype,
      Source source,
      List<Parameter> parameters,
      List<State> states) {
    this.prefix = prefix;
    this.scope = scope;
    this.dtype = dtype;
    this.source = source;
    this.parameters = parameters;
    this.states = states;
  }

  /** Weights made by their initialisers; each depends on the seed and its own full name. */
  public static Weights random(Scope scope, DType dtype, long seed) {
    Philox root = new Philox(seed, 0);
    Source made =
        (name, target, initializer) -> initializer.fill(target, root.substream(number(name)));
    return new Weights("", scope, dtype, made, new ArrayList<>(), new ArrayList<>());
  }

  /**
   * Weights read from a file, which stays open until the network is built.
   *
   * <p>A failure to read is an {@link UncheckedIOException} here.
   */
  public static Weights read(Scope scope, DType dtype, StoredWeights stored) {
    Source read =
        (name, target, _) -> {
          try {
            stored.read(name, target);
          } catch (IOException failed) {
            throw new UncheckedIOException(failed);
          }
        };
    return new Weights("", scope, dtype, read, new ArrayList<>(), new ArrayList<>());
  }

  /** The same weights, every name prefixed with {@code name} and a dot. */
  public Weights in(String name) {
    return new Weights(prefix + name + ".", scope, dtype, source, parameters, states);
  }

  /** The element type of all weights. */
  public DType dtype() {
    return dtype;
  }

  /**
   * A trainable weight, made or read.
   *
   * @throws IllegalArgumentException if a file is read that has no such weight, or one of another
   *     type or shape; or if the name was asked for before
   */
  public Parameter weight(String name, Shape shape, Initializer initializer) {
    return added(new Parameter(prefix + name, filled(name, shape, initializer)));
  }

  /**
   * A trainable weight, made or read, that is treated by a policy.
   *
   * @throws IllegalArgumentException as {@link #weight(String, Shape, Initializer)}
   */
  public Parameter weight(String name, Shape shape, WeightPolicy policy) {
    return weight(name, shape, policy.initializer())
        .regularized(policy.regularizer())
        .constrained(policy.constraint());
  }

  /** A tensor that is saved with the weights and that the layer itself changes, made or read. */
  public Parameter buffer(String name, Shape shape, Initializer initializer) {
    return added(Parameter.buffer(prefix + name, filled(name, shape, initializer)));
  }

  /** What the layer carries from batch to batch, {@code sample} for each of its samples. */
  public State state(String name, Shape sample) {
    State state = new State(prefix + name, scope, dtype, sample);
    states.add(state);
    return state;
  }

  private Tensor filled(String name, Shape shape, Initializer initializer) {
    String fullName = prefix + name;
    for (Parameter earlier : parameters) {
      if (earlier.name().equals(fullName)) {
        throw new IllegalArgumentException("weights: two weights '" + fullName + "': " + shape);
      }
    }
    Tensor tensor = scope.empty(dtype, shape);
    source.fill(fullName, tensor, initializer);
    return tensor;
  }

  private Parameter added(Parameter parameter) {
    parameters.add(parameter);
    return parameter;
  }

  /** All weights and buffers asked for so far, in that order. */
  public List<Parameter> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /** All states asked for so far, in that order. */
  public List<State> states() {
    return Collections.unmodifiableList(states);
  }

  /** A number for a name, the same on every machine: 64-bit FNV-1a over its characters. */
  private static long number(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
