package dev.lanewise.nn.weight;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The weights that a file holds, checked against those that a network asks for. */
public final class StoredWeights {
  private static final int MOST_NAMED = 3;

  private final Safetensors file;
  private final Set<String> asked = new HashSet<>();

  /** The weights of an open file that has nothing else. */
  public StoredWeights(Safetensors file) {
    this(file, Set.of());
  }

  /**
   * The weights of an open file.
   *
   * @param others names of its entries that are no weights
   */
  public StoredWeights(Safetensors file, Set<String> others) {
    this.file = file;
    this.asked.addAll(others);
  }

  /**
   * Overwrites parameters with the file's values: all of them or, where anything does not fit,
   * none.
   *
   * @throws IllegalArgumentException if the file lacks a weight, has it in another type or shape,
   *     or has weights that no parameter takes
   * @throws IOException if reading fails
   */
  public void load(List<Parameter> parameters) throws IOException {
    for (Parameter parameter : parameters) {
      require(parameter.name(), parameter.tensor().spec());
    }
    requireAllRead();
    if (parameters.isEmpty()) {
      return;
    }
    try (Scope scratch = parameters.getFirst().tensor().scope().child("load")) {
      List<Tensor> values = new ArrayList<>();
      for (Parameter parameter : parameters) {
        values.add(file.read(parameter.name(), scratch));
      }
      for (int i = 0; i < values.size(); i++) {
        parameters.get(i).assign(values.get(i));
      }
    }
  }

  /**
   * Checks that the file has a weight.
   *
   * @throws IllegalArgumentException if not, naming the entries of the same shape
   */
  void require(String name, Spec spec) {
    Spec found = file.spec(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "weights: no entry '%s' of shape %s; the file has %s: %s"
              .formatted(name, spec.shape(), alternatives(spec), file.path()));
    }
    if (!found.shape().equals(spec.shape())) {
      throw new IllegalArgumentException(
          "weights: entry '%s' of shape %s, %s expected: %s"
              .formatted(name, found.shape(), spec.shape(), file.path()));
    }
    if (!found.dtype().equals(spec.dtype())) {
      throw new IllegalArgumentException(
          "weights: entry '%s' of type %s, %s expected: %s"
              .formatted(name, found.dtype(), spec.dtype(), file.path()));
    }
    asked.add(name);
  }

  /**
   * Checks that every entry of the file has been asked for.
   *
   * @throws IllegalArgumentException if not
   */
  public void requireAllRead() {
    List<String> rest = new ArrayList<>(file.names());
    rest.removeAll(asked);
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException(
          "weights: the file has %s, which the model lacks: %s"
              .formatted(listed(rest), file.path()));
    }
  }

  /** Overwrites a weight with the entry of this name. */
  void read(String name, Tensor target) throws IOException {
    require(name, target.spec());
    try (Scope scratch = target.scope().child("load")) {
      file.read(name, scratch).copyInto(target);
    }
  }

  private String alternatives(Spec spec) {
    List<String> alike = new ArrayList<>();
    for (String name : file.names()) {
      if (!asked.contains(name) && file.spec(name).shape().equals(spec.shape())) {
        alike.add(name);
      }
    }
    return alike.isEmpty() ? "no other of this shape" : listed(alike);
  }

  private String listed(List<String> names) {
    List<String> entries = new ArrayList<>();
    for (String name : names.subList(0, Math.min(names.size(), MOST_NAMED))) {
      entries.add("'" + name + "' of " + file.spec(name).shape());
    }
    int more = names.size() - entries.size();
    return String.join(", ", entries) + (more > 0 ? " and " + more + " more" : "");
  }
}
