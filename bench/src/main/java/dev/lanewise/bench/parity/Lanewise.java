package dev.lanewise.bench.parity;

import dev.lanewise.kernel.Philox;
import dev.lanewise.models.zoo.AdversarialGoal;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.layer.Pass;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Descent;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** This library as a side. */
final class Lanewise implements Side {
  private static final AdversarialGoal GOAL = AdversarialGoal.CrossEntropy.unbalanced();

  @Override
  public String name() {
    return "Lanewise";
  }

  @Override
  public Training begin(Task task, Map<String, Values> start) {
    List<Model> models = new ArrayList<>();
    for (Network network : task.networks()) {
      Model model = network.build();
      models.add(model);
      for (Parameter parameter : model.parameters()) {
        put(start.get(network.name() + "." + parameter.name()), parameter.tensor());
        parameter.changed();
      }
    }
    return new Run(task, models);
  }

  /** Writes numbers into a tensor of any type. */
  private static void put(Values values, Tensor target) {
    double[] numbers = values.numbers();
    if (numbers.length != target.size()) {
      throw new IllegalArgumentException(
          "parity: %s do not fill %s".formatted(values.shape(), target.spec()));
    }
    try (Scope scratch = target.scope().child("put")) {
      Tensor given = scratch.tensor(target.shape(), numbers).cast(target.dtype());
      given.copyInto(target.untracked());
    }
  }

  /** Models at work on a task. */
  private static final class Run implements Training {
    private final Task task;
    private final List<Model> models;
    private final List<Descent> descents = new ArrayList<>();

    Run(Task task, List<Model> models) {
      this.task = task;
      this.models = models;
      if (task instanceof Task.Variational) {
        List<Parameter> all = new ArrayList<>();
        models.forEach(model -> all.addAll(model.trained()));
        descents.add(task.optimizer().on(all, models.getFirst().scope()));
      } else {
        for (Model model : models) {
          descents.add(task.optimizer().on(model.trained(), model.scope()));
        }
      }
    }

    @Override
    public double[] step(Batch batch) {
      try (Scope scope = models.getFirst().scope().child("step")) {
        return switch (task) {
          case Task.Supervised supervised -> step(supervised, batch, scope);
          case Task.Adversarial _ -> adversarialStep(batch, scope);
          case Task.Variational _ -> variationalStep(batch, scope);
        };
      }
    }

    /** A pass for networks none of whose layers draws. */
    private static Pass training() {
      return Pass.training(new Philox(1, 0));
    }

    private double[] step(Task.Supervised supervised, Batch batch, Scope scope) {
      List<Tensor> inputs = inputs(batch.withoutLast(), scope);
      Tensor prediction = models.getFirst().call(inputs, training()).getFirst();
      Tensor labels = tensor(batch.part(-1), scope);
      boolean classes = supervised.loss() instanceof SparseCategoricalCrossentropy;
      Tensor loss = supervised.loss().apply(classes ? labels.cast(DType.I32) : labels, prediction);
      descents.getFirst().step(Gradients.of(loss));
      return new double[] {loss.value()};
    }

    private double[] adversarialStep(Batch batch, Scope scope) {
      Tensor real = tensor(batch.part(0), scope);
      Tensor made = models.getFirst().call(tensor(batch.part(1), scope), training());
      UnaryOperator<Tensor> judge = pictures -> models.get(1).call(pictures, training());
      Tensor apart = GOAL.apart(judge, real, made.untracked(), new Philox(1, 1));
      descents.get(1).step(Gradients.of(apart));
      Tensor fooled = GOAL.fooled(judge, made);
      descents.get(0).step(Gradients.of(fooled));
      return new double[] {apart.value(), fooled.value()};
    }

    private double[] variationalStep(Batch batch, Scope scope) {
      Tensor pictures = tensor(batch.part(0), scope);
      List<Tensor> latent = models.get(0).call(List.of(pictures), training());
      Tensor mean = latent.get(0);
      Tensor logVar = latent.get(1);
      Tensor z = mean.add(logVar.mul(0.5).exp().mul(tensor(batch.part(1), scope)));
      Tensor logits = models.get(1).call(z, training());
      Tensor pixels =
          BinaryCrossentropy.of()
              .fromLogits(true)
              .apply(pictures, logits)
              .mul((double) pictures.extent(1));
      Tensor divergence = logVar.add(1).sub(mean.square()).sub(logVar.exp()).sum();
      Tensor loss = pixels.sub(divergence.mul(0.5 / pictures.extent(0)));
      descents.getFirst().step(Gradients.of(loss));
      return new double[] {loss.value()};
    }

    private List<Tensor> inputs(Batch batch, Scope scope) {
      List<Tensor> inputs = new ArrayList<>();
      for (int i = 0; i < batch.parts().size(); i++) {
        Tensor given = tensor(batch.part(i), scope);
        inputs.add(given.cast(models.getFirst().inputs().get(i).dtype()));
      }
      return inputs;
    }

    private Tensor tensor(Values values, Scope scope) {
      return scope.tensor(values.shape(), values.numbers()).cast(task.dtype());
    }

    @Override
    public Map<String, Values> weights() {
      Map<String, Values> weights = new LinkedHashMap<>();
      for (int i = 0; i < models.size(); i++) {
        String prefix = task.networks().get(i).name() + ".";
        for (Parameter parameter : models.get(i).parameters()) {
          weights.put(prefix + parameter.name(), values(parameter.tensor()));
        }
        if (i < descents.size() && descents.get(i).isAveraging()) {
          descents
              .get(i)
              .state()
              .forEach(
                  (name, kept) -> {
                    if (name.endsWith(".average")) {
                      weights.put(prefix + name, values(kept));
                    }
                  });
        }
      }
      return weights;
    }

    private static Values values(Tensor tensor) {
      try (Scope scratch = tensor.scope().child("values")) {
        Tensor wide = tensor.untracked().in(scratch).cast(DType.F64);
        return Values.of(tensor.shape(), wide.toDoubles());
      }
    }

    @Override
    public Values[] predict(Batch batch) {
      try (Scope scope = models.getFirst().scope().child("predict")) {
        List<Tensor> outputs = models.getFirst().call(inputs(batch, scope), Pass.inference());
        return outputs.stream().map(Run::values).toArray(Values[]::new);
      }
    }

    @Override
    public void close() {
      models.forEach(Model::close);
    }
  }
}
