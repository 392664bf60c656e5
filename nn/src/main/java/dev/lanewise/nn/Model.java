package dev.lanewise.nn;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.data.Transforms;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Masked;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.State;
import dev.lanewise.nn.weight.StoredWeights;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.graph.CompiledModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network with its weights.
 *
 * <p>It owns its weights and the optimizer's state in a scope of its own; {@link #close} frees
 * them. It belongs to one thread at a time, like its scope. {@link #compiled} gives an independent
 * model that threads share.
 */
public final class Model implements AutoCloseable {
  private static final int FIT_STREAM = 1;
  private static final int BATCH_STREAM = 2;
  private static final int EVALUATION_BATCH = 32;

  private final String name;
  private final long seed;
  private final DType dtype;
  private final List<Spec> inputs;
  private final Scope scope;
  private final Assembly assembly;
  private final List<Parameter> parameters;
  private final List<State> states;
  private final Predictor predictor = new Predictor(this);
  private Recipe recipe;
  private Descent descent;
  private long epochs;

  Model(String name, Network network, Scope scope, Assembly assembly, Weights weights) {
    this.name = name;
    this.seed = network.seed();
    this.dtype = network.dtype();
    this.inputs = network.specs();
    this.scope = scope;
    this.assembly = assembly;
    this.parameters = List.copyOf(weights.parameters());
    this.states = List.copyOf(weights.states());
  }

  /** The model's name. */
  public String name() {
    return name;
  }

  /** The type of weights and activations. */
  public DType dtype() {
    return dtype;
  }

  /** The scope of weights and optimizer state; open training loops work in its children. */
  public Scope scope() {
    return scope;
  }

  /** Types and shapes of one sample of each input. */
  public List<Spec> inputs() {
    return inputs;
  }

  /** Shapes of the prediction for one sample, one for each output. */
  public List<Shape> outputs() {
    return assembly.outputs();
  }

  /**
   * Type and shape of one sample.
   *
   * @throws IllegalStateException if the model has several inputs
   */
  public Spec input() {
    if (inputs.size() > 1) {
      throw new IllegalStateException(
          "model '%s' has %d inputs: %s: call it with a list"
              .formatted(name, inputs.size(), inputs));
    }
    return inputs.getFirst();
  }

  /**
   * Shape of the prediction for one sample.
   *
   * @throws IllegalStateException if the model has several outputs
   */
  public Shape output() {
    if (outputs().size() > 1) {
      throw new IllegalStateException(
          "model '%s' has %d outputs: %s: call it with a list"
              .formatted(name, outputs().size(), outputs()));
    }
    return outputs().getFirst();
  }

  /** All weights and buffers, layer by layer. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** What stateful layers carry from batch to batch, layer by layer. */
  public List<State> states() {
    return states;
  }

  /**
   * Lets stateful layers begin anew: the next batch goes on from zeros, as at the start of other
   * sequences, and may have another number of samples.
   */
  public void resetStates() {
    states.forEach(State::reset);
  }

  /** The weights that training changes: no buffers, nothing frozen. */
  public List<Parameter> trained() {
    return parameters.stream().filter(Parameter::isTrained).toList();
  }

  /**
   * Keeps training from changing the weights whose names begin with {@code prefix}, such as a
   * layer's name and a dot, or lets it change them again. Takes effect with the next {@link
   * #compile}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Model freeze(String prefix, boolean wanted) {
    List<Parameter> meant =
        parameters.stream().filter(p -> !p.isBuffer() && p.name().startsWith(prefix)).toList();
    if (meant.isEmpty()) {
      throw new IllegalArgumentException(
          "freeze: no weight begins with '%s' among %s".formatted(prefix, names()));
    }
    meant.forEach(parameter -> parameter.freeze(wanted));
    return this;
  }

  private List<String> names() {
    return parameters.stream().map(Parameter::name).toList();
  }

  /**
   * A weight by its name, such as {@code conv2d.kernel}.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public Parameter parameter(String wanted) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(wanted)) {
        return parameter;
      }
    }
    throw new IllegalArgumentException("model: no parameter '" + wanted + "' among " + names());
  }

  /** The layers, their output shapes and the numbers of their weights, as Keras prints them. */
  public String summary() {
    return Summary.of(name, assembly.parts());
  }

  /**
   * Computes predictions eagerly, tracked so that gradients can go back to the weights.
   *
   * @param x a batch of samples; results live in its scope
   * @throws IllegalArgumentException if it is none
   */
  public Tensor call(Tensor x, Pass pass) {
    output();
    return call(List.of(x), pass).getFirst();
  }

  /** As {@link #call(Tensor, Pass)}, for inference. */
  public Tensor call(Tensor x) {
    return call(x, Pass.inference());
  }

  /** As {@link #call(Tensor, Pass)}, with the mask that layers have given the output, if any. */
  public Masked callMasked(Tensor x, Pass pass) {
    output();
    requireSamples("callMasked", List.of(x));
    return assembly.call(Masked.all(List.of(x)), pass).getFirst();
  }

  /** As {@link #call(Tensor, Pass)}, with all inputs and outputs. */
  public List<Tensor> call(List<Tensor> x, Pass pass) {
    requireSamples("call", x);
    return Masked.values(assembly.call(Masked.all(x), pass));
  }

  /** Says how to train the model; what an earlier training has gathered is forgotten. */
  public Model compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    recipe = new Recipe(optimizer, loss, List.of(metrics));
    descent = null;
    return this;
  }

  /** What the model was compiled with, empty before. */
  public Optional<Recipe> recipe() {
    return Optional.ofNullable(recipe);
  }

  /**
   * Trains the model.
   *
   * <p>With one seed the result is the same, bit for bit, on any number of threads. Called again,
   * it goes on where it ended.
   *
   * <p>Where the output has a mask, the loss is the mean over the places that count, metrics see no
   * others, labels of others may be anything, and the weight of a sample is that of all its places:
   * see {@link Counted}. The loss of an epoch is the mean over batches, each as heavy as it has
   * samples.
   *
   * @throws IllegalStateException if the model was not compiled
   * @throws IllegalArgumentException if the data do not fit the model, or a checkpoint to resume
   *     from is one of another model or optimizer
   * @throws java.io.UncheckedIOException if a checkpoint to resume from cannot be read
   * @throws dev.lanewise.tensor.AnomalyException if something is NaN or infinite, where {@link
   *     Fit#detectAnomaly} looks for it
   */
  public History fit(DataSet train, Fit fit) {
    Recipe chosen = recipe("fit");
    requireData("fit", train);
    if (fit.validation() != null) {
      requireData("fit", fit.validation());
    }
    Philox stream = new Philox(fit.seed().orElse(seed), FIT_STREAM);
    Trainer trainer = new Trainer(this, chosen, descent(chosen), fit);
    History history = trainer.run(train, stream, epochs);
    epochs = trainer.epochsSeen();
    return history;
  }

  private Descent descent(Recipe chosen) {
    if (descent == null) {
      descent = chosen.optimizer().on(trained(), scope);
    }
    return descent;
  }

  /**
   * One step of the optimizer that the model was compiled with, on one batch, for loops of one's
   * own.
   *
   * @param features samples {@code [n, ...]}
   * @param labels of the samples, as the loss wants them, anything where a mask of the output
   *     leaves a place out
   * @return the loss before the step, penalties of the weights included
   * @throws IllegalStateException if the model was not compiled
   * @throws IllegalArgumentException if they are no samples of this model, or no labels of theirs
   */
  public double trainOnBatch(Tensor features, Tensor labels) {
    Recipe chosen = recipe("trainOnBatch");
    output();
    requireSamples("trainOnBatch", List.of(features));
    Descent rule = descent(chosen);
    Philox stream = new Philox(seed, BATCH_STREAM).substream(rule.steps());
    try (Scope step = scope.child("trainOnBatch")) {
      Tensor truth = labels.untracked().in(step);
      Masked output = callMasked(features.untracked().in(step), Pass.training(stream));
      Counted counted = Counted.of(chosen.loss(), truth, output, row -> row);
      Tensor loss = Parameter.penalized(counted.loss(), parameters);
      rule.step(loss);
      return loss.value();
    }
  }

  /**
   * Loss and metrics of the model on a set, of the places that count where the output has a mask.
   *
   * @throws IllegalStateException if the model was not compiled
   * @throws IllegalArgumentException if the data do not fit the model
   */
  public Scores evaluate(DataSet data) {
    Recipe chosen = recipe("evaluate");
    requireData("evaluate", data);
    return new Evaluation(this, chosen, scope)
        .run(data, EVALUATION_BATCH, () -> false)
        .orElseThrow();
  }

  /**
   * Predictions for samples {@code [n, ...]}, in their scope, by a compiled model that is kept
   * until the weights change. With stateful layers they are one batch, computed eagerly.
   *
   * @throws IllegalArgumentException if they are no samples of this model
   */
  public Tensor predict(Tensor samples) {
    output();
    requireSamples("predict", List.of(samples));
    return states.isEmpty() ? predictor.predict(samples) : goOn(samples, samples.scope());
  }

  /** Predictions for samples that go on from the states. */
  private Tensor goOn(Tensor samples, Scope target) {
    try (Scope scratch = scope.child("predict")) {
      return call(samples.untracked().copyTo(scratch)).copyTo(target);
    }
  }

  /** Predictions for samples of f32, each a row of all its values. */
  public float[][] predict(float[][] samples) {
    Spec input = input();
    for (int i = 0; i < samples.length; i++) {
      if (samples[i].length != input.shape().size()) {
        throw new IllegalArgumentException(
            "predict: sample %d has %d values: samples of %s expected"
                .formatted(i, samples[i].length, input));
      }
    }
    if (states.isEmpty()) {
      return predictor.predict(samples);
    }
    int out = Math.toIntExact(output().size());
    float[][] predictions = new float[samples.length][out];
    try (Scope scratch = scope.child("predict")) {
      Tensor x = scratch.empty(input.dtype(), input.shape().inserted(0, samples.length));
      float[] all = predict(x.copyFrom(joined(samples, x.size()))).toFloats();
      for (int i = 0; i < samples.length; i++) {
        System.arraycopy(all, i * out, predictions[i], 0, out);
      }
    }
    return predictions;
  }

  private static float[] joined(float[][] rows, long size) {
    float[] all = new float[Math.toIntExact(size)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[i].length, rows[i].length);
    }
    return all;
  }

  /**
   * The model as it is now, compiled for batches of one size: independent of this one and shared by
   * threads, a session for each. The caller closes it.
   *
   * @throws IllegalStateException if layers are stateful: a session carries nothing on
   */
  public CompiledModel compiled(int batch) {
    if (!states.isEmpty()) {
      throw new IllegalStateException(
          "compiled: model '%s' carries states from batch to batch: %s: call it or predict with it"
              .formatted(name, states.stream().map(State::name).toList()));
    }
    List<Spec> batched =
        inputs.stream().map(x -> Spec.of(x.dtype(), x.shape().inserted(0, batch))).toList();
    return CompiledModel.record(
        scope.engine(),
        batched,
        given -> call(List.of(given), Pass.inference()).toArray(Tensor[]::new));
  }

  /** Writes the weights to a safetensors file, which is replaced as a whole or left as it was. */
  public void save(Path path) throws IOException {
    save(path, Transforms.none());
  }

  /**
   * As {@link #save(Path)}, with what was fitted on the training data and belongs to the model:
   * {@link Transforms#read} takes it back. {@link #load} and {@link Network#read} read such a file
   * as any other.
   *
   * @throws IllegalArgumentException if an entry has the name of a weight
   */
  public void save(Path path, Transforms transforms) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "lanewise");
    metadata.put("model", name);
    metadata.putAll(transforms.kinds());
    try (Scope scratch = scope.child("save")) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(transforms.entries(scratch));
      for (Parameter parameter : parameters) {
        if (tensors.put(parameter.name(), parameter.tensor()) != null) {
          throw new IllegalArgumentException(
              "save: a weight and an entry of a transform are both named '%s': %s"
                  .formatted(parameter.name(), transforms.names()));
        }
      }
      Safetensors.write(path, tensors, metadata);
    }
  }

  /**
   * Overwrites the weights with those of a safetensors file: all of them or, if anything does not
   * fit, none. Transforms that the file has are left to {@link Transforms#read}.
   *
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if its weights are not this model's
   */
  public void load(Path path) throws IOException {
    try (Safetensors file = Safetensors.open(path)) {
      new StoredWeights(file, Transforms.entries(file)).load(parameters);
    }
  }

  /** A number that grows whenever a weight changes. */
  long changes() {
    long changes = 0;
    for (Parameter parameter : parameters) {
      changes += parameter.changes();
    }
    return changes;
  }

  private Recipe recipe(String user) {
    if (recipe == null) {
      throw new IllegalStateException(
          user + ": model '" + name + "' has no optimizer and loss: compile it first");
    }
    return recipe;
  }

  private void requireSamples(String user, List<Tensor> given) {
    if (given.size() != inputs.size()) {
      throw new IllegalArgumentException(
          "%s: %d inputs given: %s expected".formatted(user, given.size(), inputs));
    }
    for (int i = 0; i < given.size(); i++) {
      Tensor x = given.get(i);
      Spec input = inputs.get(i);
      if (x.rank() == 0
          || !x.dtype().equals(input.dtype())
          || !x.shape().without(0).equals(input.shape())) {
        throw new IllegalArgumentException(
            "%s: %s is no batch of samples: %s behind the batch axis expected"
                .formatted(user, x.spec(), input));
      }
    }
  }

  private void requireData(String user, DataSet data) {
    if (data.size() == 0) {
      throw new IllegalArgumentException(user + ": the data set is empty");
    }
    Spec input = input();
    Spec given = data.features();
    if (!given.dtype().equals(input.dtype()) || !given.shape().equals(input.shape())) {
      throw new IllegalArgumentException(
          "%s: samples of %s do not fit: model '%s' takes %s".formatted(user, given, name, input));
    }
  }

  /** Frees weights, optimizer state and what was compiled for {@link #predict}. */
  @Override
  public void close() {
    predictor.close();
    scope.close();
  }
}
