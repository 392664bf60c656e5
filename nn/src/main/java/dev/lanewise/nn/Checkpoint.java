package dev.lanewise.nn;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.optimizer.Schedule;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.State;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a training run stands, in one safetensors file: weights and buffers, the states of stateful
 * layers and of the optimizers, steps and a rate that was set in place of a schedule, and numbers
 * of the caller's own, such as the epoch. That of {@link Model#fit} also has the best weights so
 * far and the state of each {@link StatefulListener}.
 *
 * <p>Random numbers are functions of seeds and counts, so these are all of their state: a run that
 * is restored goes on bit for bit as if it had not been interrupted. Writing replaces the file as a
 * whole or leaves it as it was; restoring changes all or nothing.
 *
 * <pre>{@code
 * Checkpoint checkpoint =
 *     Checkpoint.of(path).model("generator", generator, generatorDescent).model(...);
 * checkpoint.write(Map.of("epoch", 3L));
 * long epoch = checkpoint.restore().get("epoch");
 * }</pre>
 */
public final class Checkpoint {
  private static final String FORMAT = "lanewise-checkpoint";
  private static final String COUNT = "count.";
  private static final String STEPS = "steps.";
  private static final String RATE = "rate.";
  private static final String TEXT = "text.";
  private static final String KEPT = "kept.";
  private static final String EPOCH = ".epoch";
  private static final String SAMPLES = ".samples";
  private static final String SCORE = ".score.";
  private static final String WEIGHT = ".weight.";
  private static final String OPTIMIZER = ".optimizer.";
  private static final String STATE = ".state.";

  private final Path path;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, BestWeights> kept = new LinkedHashMap<>();

  private record Entry(List<Parameter> parameters, List<State> states, Descent descent) {}

  /** Weights of an earlier epoch as a file has them; scores are null where it has none. */
  private record Kept(int epoch, Scores scores, Map<String, Tensor> weights) {}

  /** Numbers and texts of the caller's own. */
  record Notes(Map<String, Long> counts, Map<String, String> texts) {}

  private Checkpoint(Path path) {
    this.path = path;
  }

  /** A checkpoint in this file, which need not exist yet. */
  public static Checkpoint of(Path path) {
    return new Checkpoint(path);
  }

  /**
   * Includes the parameters of a model and the optimizer that moves them.
   *
   * @param name of the model within the file, without a dot
   */
  public Checkpoint model(String name, Model model, Descent descent) {
    if (name.indexOf('.') >= 0
        || entries.put(name, new Entry(model.parameters(), model.states(), descent)) != null) {
      throw new IllegalArgumentException(
          "checkpoint: a name of its own without a dot expected: '" + name + "'");
    }
    return this;
  }

  /** Includes weights of an earlier epoch, with its number and scores, while there are any. */
  Checkpoint kept(String name, BestWeights weights) {
    kept.put(name, weights);
    return this;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /**
   * Writes the file.
   *
   * @param counts numbers of the caller's own, by name
   * @throws IOException if it cannot be written; an earlier file is still there then
   */
  public void write(Map<String, Long> counts) throws IOException {
    write(new Notes(counts, Map.of()));
  }

  /** As {@link #write(Map)}, with texts. */
  void write(Notes notes) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    notes.counts.forEach((name, count) -> metadata.put(COUNT + name, Long.toString(count)));
    notes.texts.forEach((name, text) -> metadata.put(TEXT + name, text));
    entries.forEach(
        (name, entry) -> {
          for (Parameter parameter : entry.parameters) {
            tensors.put(name + WEIGHT + parameter.name(), parameter.tensor());
          }
          for (State state : entry.states) {
            state.value().ifPresent(value -> tensors.put(name + STATE + state.name(), value));
          }
          entry
              .descent
              .state()
              .forEach((slot, value) -> tensors.put(name + OPTIMIZER + slot, value));
          metadata.put(STEPS + name, Long.toString(entry.descent.steps()));
          if (!entry.descent.schedule().equals(entry.descent.optimizer().rate())) {
            metadata.put(RATE + name, Double.toString(entry.descent.rate()));
          }
        });
    kept.forEach(
        (name, weights) -> {
          if (weights.isPresent()) {
            put(KEPT + name, weights, tensors, metadata);
          }
        });
    Safetensors.write(path, tensors, metadata);
  }

  private static void put(
      String name, BestWeights kept, Map<String, Tensor> tensors, Map<String, String> metadata) {
    kept.weights().forEach((parameter, value) -> tensors.put(name + WEIGHT + parameter, value));
    metadata.put(name + EPOCH, Integer.toString(kept.epoch()));
    kept.scores()
        .ifPresent(
            scores -> {
              metadata.put(name + SAMPLES, Long.toString(scores.samples()));
              scores
                  .values()
                  .forEach((key, value) -> metadata.put(name + SCORE + key, value.toString()));
            });
  }

  /**
   * Reads the file back into the models and optimizers and returns the counts.
   *
   * @throws IOException if it cannot be read, is malformed or no checkpoint
   * @throws IllegalArgumentException if it is a checkpoint of other models or optimizers
   */
  public Map<String, Long> restore() throws IOException {
    return restoreNotes().counts;
  }

  /** As {@link #restore}, with texts; weights of an earlier epoch stay where the file has none. */
  Notes restoreNotes() throws IOException {
    try (Safetensors file = Safetensors.open(path);
        Scope scope = Scope.open("checkpoint")) {
      Map<String, String> metadata = file.metadata();
      if (!FORMAT.equals(metadata.get("format"))) {
        throw new IOException(path + ": no checkpoint: its format is " + metadata.get("format"));
      }
      Map<String, Tensor> tensors = file.readAll(scope);
      for (Map.Entry<String, Entry> entry : entries.entrySet()) {
        require(entry.getKey(), entry.getValue(), tensors);
      }
      Map<String, Kept> earlier = new LinkedHashMap<>();
      for (Map.Entry<String, BestWeights> entry : kept.entrySet()) {
        if (metadata.containsKey(KEPT + entry.getKey() + EPOCH)) {
          String name = KEPT + entry.getKey();
          earlier.put(entry.getKey(), earlier(name, entry.getValue(), tensors, metadata));
        }
      }
      for (Map.Entry<String, Entry> entry : entries.entrySet()) {
        String name = entry.getKey();
        Entry target = entry.getValue();
        if (metadata.containsKey(RATE + name)) {
          target.descent.schedule(Schedule.constant(number(metadata, RATE + name)));
        }
        target.descent.restore(behind(name + OPTIMIZER, tensors), count(metadata, STEPS + name));
        for (Parameter parameter : target.parameters) {
          parameter.assign(tensors.get(name + WEIGHT + parameter.name()));
        }
        for (State state : target.states) {
          state.reset();
          Tensor kept = tensors.get(name + STATE + state.name());
          if (kept != null) {
            state.keep(kept);
          }
        }
      }
      earlier.forEach(
          (name, found) -> kept.get(name).resume(found.epoch, found.scores, found.weights));
      Map<String, Long> counts = new LinkedHashMap<>();
      for (String key : metadata.keySet()) {
        if (key.startsWith(COUNT)) {
          counts.put(key.substring(COUNT.length()), count(metadata, key));
        }
      }
      return new Notes(counts, behind(TEXT, metadata));
    }
  }

  /** Reads weights of an earlier epoch and checks that they are the model's. */
  private Kept earlier(
      String name, BestWeights target, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    for (Parameter parameter : target.parameters()) {
      requireEntry(name + WEIGHT + parameter.name(), parameter.tensor(), tensors);
    }
    int epoch = Math.toIntExact(count(metadata, name + EPOCH));
    Map<String, Tensor> weights = behind(name + WEIGHT, tensors);
    if (!metadata.containsKey(name + SAMPLES)) {
      return new Kept(epoch, null, weights);
    }
    Map<String, Double> values = new LinkedHashMap<>();
    for (String key : behind(name + SCORE, metadata).keySet()) {
      values.put(key, number(metadata, name + SCORE + key));
    }
    for (Metric metric : target.metrics()) {
      if (!values.containsKey(metric.name())) {
        throw new IllegalArgumentException(
            "checkpoint: '%s' was judged by %s: '%s' expected: %s"
                .formatted(name, values.keySet(), metric.name(), path));
      }
    }
    return new Kept(epoch, new Scores(count(metadata, name + SAMPLES), values), weights);
  }

  private void require(String name, Entry entry, Map<String, Tensor> tensors) {
    for (Parameter parameter : entry.parameters) {
      requireEntry(name + WEIGHT + parameter.name(), parameter.tensor(), tensors);
    }
    for (State state : entry.states) {
      Tensor found = tensors.get(name + STATE + state.name());
      if (found != null && !state.takes(found.spec())) {
        throw new IllegalArgumentException(
            "checkpoint: '%s' is no state of this model: %s: %s"
                .formatted(name + STATE + state.name(), found.spec(), path));
      }
    }
    entry
        .descent
        .state()
        .forEach((slot, value) -> requireEntry(name + OPTIMIZER + slot, value, tensors));
  }

  private void requireEntry(String entry, Tensor target, Map<String, Tensor> tensors) {
    Tensor found = tensors.get(entry);
    if (found == null || !found.spec().equals(target.spec())) {
      throw new IllegalArgumentException(
          "checkpoint: no entry '%s' of %s: %s: %s"
              .formatted(entry, target.spec(), found == null ? "missing" : found.spec(), path));
    }
  }

  /** The entries whose names begin with a prefix, under what follows it. */
  static <V> Map<String, V> behind(String prefix, Map<String, V> entries) {
    Map<String, V> found = new LinkedHashMap<>();
    entries.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /** A number among texts of the file. */
  double number(Map<String, String> metadata, String key) throws IOException {
    try {
      return Double.parseDouble(metadata.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      throw new IOException(path + ": no number '" + key + "': " + metadata.get(key), e);
    }
  }

  private long count(Map<String, String> metadata, String key) throws IOException {
    try {
      return Long.parseLong(metadata.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      throw new IOException(path + ": no number '" + key + "': " + metadata.get(key), e);
    }
  }
}
