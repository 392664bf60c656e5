package dev.lanewise.bench.parity;

import static dev.lanewise.nn.layer.Activation.LINEAR;
import static dev.lanewise.nn.layer.Activation.SIGMOID;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static dev.lanewise.nn.layer.Activation.SOFTPLUS;
import static dev.lanewise.nn.layer.Activation.TANH;

import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Reshape;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.loss.CategoricalCrossentropy;
import dev.lanewise.nn.loss.CosineSimilarity;
import dev.lanewise.nn.loss.Hinge;
import dev.lanewise.nn.loss.Huber;
import dev.lanewise.nn.loss.KLDivergence;
import dev.lanewise.nn.loss.LogCosh;
import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.loss.MeanAbsoluteError;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.Poisson;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.loss.SquaredHinge;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Every loss with the labels it is meant for, at the end of a small dense network. */
final class LossCases {
  private static final int BATCH = 16;
  private static final int FEATURES = 6;
  private static final int OUTPUTS = 4;
  private static final Shape LABELS = Shape.of(BATCH, OUTPUTS);

  private LossCases() {}

  /** Draws labels. */
  @FunctionalInterface
  private interface Labels {
    Values next(SplittableRandom random);
  }

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    errors(cases);
    decisions(cases);
    distributions(cases);
    return cases;
  }

  private static void errors(List<Case> cases) {
    Labels numbers = random -> Values.normal(LABELS, random);
    add(cases, "MeanSquaredError", MeanSquaredError.of(), LINEAR, numbers);
    add(cases, "MeanAbsoluteError", MeanAbsoluteError.of(), LINEAR, numbers);
    add(cases, "Huber", Huber.of(), LINEAR, numbers);
    add(cases, "Huber, delta 0.3", Huber.of().delta(0.3), LINEAR, numbers);
    add(cases, "LogCosh", LogCosh.of(), LINEAR, numbers);
    add(cases, "CosineSimilarity", CosineSimilarity.of(), LINEAR, numbers);
    add(cases, "Poisson", Poisson.of(), SOFTPLUS, random -> Values.whole(LABELS, 5, random));
  }

  private static void decisions(List<Case> cases) {
    Labels yesOrNo = random -> Values.whole(LABELS, 2, random);
    Labels sides = random -> Values.drawn(LABELS, () -> random.nextInt(2) * 2 - 1);
    BinaryCrossentropy binary = BinaryCrossentropy.of();
    add(cases, "Hinge", Hinge.of(), LINEAR, sides);
    add(cases, "Hinge, labels 0 and 1", Hinge.of(), LINEAR, yesOrNo);
    add(cases, "SquaredHinge", SquaredHinge.of(), LINEAR, sides);
    add(cases, "BinaryCrossentropy", binary, SIGMOID, yesOrNo);
    addReshaped(cases, "BinaryCrossentropy, reshaped", binary, SIGMOID, yesOrNo);
    add(cases, "BinaryCrossentropy, logits", binary.fromLogits(true), LINEAR, yesOrNo);
    add(cases, "BinaryCrossentropy, smoothed", binary.smoothing(0.2), SIGMOID, yesOrNo);
  }

  private static void distributions(List<Case> cases) {
    Labels classes = random -> Values.whole(Shape.of(BATCH), OUTPUTS, random);
    Labels mixed = LossCases::distribution;
    CategoricalCrossentropy dense = CategoricalCrossentropy.of();
    SparseCategoricalCrossentropy sparse = SparseCategoricalCrossentropy.of();
    add(cases, "CategoricalCrossentropy", dense, SOFTMAX, mixed);
    addReshaped(cases, "CategoricalCrossentropy, reshaped", dense, SOFTMAX, mixed);
    add(cases, "CategoricalCrossentropy, logits", dense.fromLogits(true), LINEAR, mixed);
    add(cases, "CategoricalCrossentropy, smoothed", dense.smoothing(0.2), SOFTMAX, mixed);
    add(cases, "SparseCategorical", sparse, SOFTMAX, classes);
    addReshaped(cases, "SparseCategorical, reshaped", sparse, SOFTMAX, classes);
    add(cases, "SparseCategorical, logits", sparse.fromLogits(true), LINEAR, classes);
    add(cases, "SparseCategorical, smoothed", sparse.smoothing(0.2), SOFTMAX, classes);
    add(cases, "SparseCategorical, ignoring", sparse.ignore(2), SOFTMAX, classes);
    add(cases, "KLDivergence", KLDivergence.of(), SOFTMAX, mixed);
    addReshaped(cases, "KLDivergence, reshaped", KLDivergence.of(), SOFTMAX, mixed);
  }

  private static void add(
      List<Case> cases, String name, Loss loss, Activation activation, Labels labels) {
    Network network =
        Sequential.of(
                Input.of(FEATURES),
                Dense.of(8).activation(TANH),
                Dense.of(OUTPUTS).activation(activation))
            .named("small");
    cases.add(of(name, network, loss, labels));
  }

  /** With a layer behind the activation, so that the loss sees probabilities only. */
  private static void addReshaped(
      List<Case> cases, String name, Loss loss, Activation activation, Labels labels) {
    Network network =
        Sequential.of(
                Input.of(FEATURES),
                Dense.of(8).activation(TANH),
                Dense.of(OUTPUTS).activation(activation),
                Reshape.of(OUTPUTS))
            .named("small");
    cases.add(of(name, network, loss, labels));
  }

  private static Case of(String name, Network network, Loss loss, Labels labels) {
    return new Case(
        name,
        new Task.Supervised(network, loss, Adam.of(1e-2)),
        random -> Batch.of(Values.normal(Shape.of(BATCH, FEATURES), random), labels.next(random)));
  }

  /** A distribution over the classes in each row. */
  private static Values distribution(SplittableRandom random) {
    double[] shares = new double[BATCH * OUTPUTS];
    for (int row = 0; row < BATCH; row++) {
      double sum = 0;
      for (int i = 0; i < OUTPUTS; i++) {
        shares[row * OUTPUTS + i] = random.nextDouble() + 0.01;
        sum += shares[row * OUTPUTS + i];
      }
      for (int i = 0; i < OUTPUTS; i++) {
        shares[row * OUTPUTS + i] = (float) (shares[row * OUTPUTS + i] / sum);
      }
    }
    return Values.of(LABELS, shares);
  }
}
