package dev.lanewise.bench.parity;

import static dev.lanewise.nn.layer.Activation.TANH;

import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adadelta;
import dev.lanewise.nn.optimizer.Adagrad;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.AdamW;
import dev.lanewise.nn.optimizer.Adamax;
import dev.lanewise.nn.optimizer.ExponentialDecay;
import dev.lanewise.nn.optimizer.Lion;
import dev.lanewise.nn.optimizer.Nadam;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.nn.optimizer.RMSprop;
import dev.lanewise.nn.optimizer.SGD;
import dev.lanewise.nn.optimizer.Schedule;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Every optimizer, in Keras' form and in PyTorch's where they differ, on a small dense network. */
final class OptimizerCases {
  private static final int BATCH = 16;
  private static final int FEATURES = 6;

  private OptimizerCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    descent(cases);
    adaptive(cases);
    around(cases);
    return cases;
  }

  private static void descent(List<Case> cases) {
    Schedule falling = ExponentialDecay.of(0.1, 10, 0.7);
    add(cases, "SGD", SGD.of(0.1));
    add(cases, "SGD, momentum", SGD.of(falling).momentum(0.9));
    add(cases, "SGD, momentum, PyTorch", SGD.of(falling).momentum(0.9).rateAfterMomentum(true));
    add(cases, "SGD, Nesterov", SGD.of(falling).momentum(0.9).nesterov(true));
    add(
        cases,
        "SGD, Nesterov, PyTorch",
        SGD.of(falling).momentum(0.9).nesterov(true).rateAfterMomentum(true));
    add(cases, "Lion", Lion.of(1e-3));
    add(cases, "Lion, weight decay", Lion.of(1e-3).betas(0.8, 0.95).weightDecay(0.1));
  }

  private static void adaptive(List<Case> cases) {
    add(cases, "Adam", Adam.of(1e-2));
    add(cases, "Adam, PyTorch", Adam.of(1e-2).epsilon(1e-8).epsilonAfterCorrection(true));
    add(cases, "Adam, AMSGrad", Adam.of(1e-2).amsgrad(true));
    add(
        cases,
        "Adam, AMSGrad, PyTorch",
        Adam.of(1e-2).amsgrad(true).epsilon(1e-8).epsilonAfterCorrection(true));
    add(cases, "AdamW", AdamW.of(1e-2));
    add(cases, "Adamax", Adamax.of(1e-2));
    add(cases, "Adamax, PyTorch", Adamax.of(1e-2).epsilon(1e-8).epsilonInsideMaximum(true));
    add(cases, "Nadam", Nadam.of(1e-2));
    add(cases, "Nadam, PyTorch", Nadam.of(1e-2).epsilon(1e-8).momentumDecay(0.004));
    add(cases, "Adagrad", Adagrad.of(0.1));
    add(
        cases,
        "Adagrad, PyTorch",
        Adagrad.of(0.1).initial(0).epsilon(1e-10).epsilonOutsideRoot(true));
    add(cases, "Adadelta", Adadelta.of(1));
    add(cases, "Adadelta, PyTorch", Adadelta.of(1).rho(0.9).epsilon(1e-6));
    add(cases, "RMSprop", RMSprop.of(1e-2));
    add(cases, "RMSprop, momentum", RMSprop.of(1e-3).momentum(0.9));
    add(cases, "RMSprop, centered", RMSprop.of(1e-2).centered(true));
    add(cases, "RMSprop, centered, momentum", RMSprop.of(1e-3).centered(true).momentum(0.9));
    RMSprop torch = RMSprop.of(1e-2).rho(0.99).epsilon(1e-8).epsilonOutsideRoot(true);
    add(cases, "RMSprop, PyTorch", torch);
    RMSprop late = torch.momentum(0.5).rateAfterMomentum(true);
    add(cases, "RMSprop, momentum, PyTorch", late);
    add(cases, "RMSprop, centered, PyTorch", late.centered(true));
  }

  private static void around(List<Case> cases) {
    add(cases, "SGD, clip by value", SGD.of(0.1).clipValue(0.05));
    add(cases, "SGD, clip by norm", SGD.of(0.1).clipNorm(0.2));
    add(cases, "SGD, clip by global norm", SGD.of(0.1).globalClipNorm(0.3));
    add(
        cases,
        "SGD, decay of kernels",
        SGD.of(0.1).weightDecay(0.1, name -> name.endsWith("kernel")));
    add(cases, "Adam, averaged weights", Adam.of(1e-2).averaged(0.9));
  }

  private static void add(List<Case> cases, String name, Optimizer optimizer) {
    Network network =
        Sequential.of(Input.of(FEATURES), Dense.of(8).activation(TANH), Dense.of(3))
            .named("regression");
    cases.add(
        new Case(
            name,
            new Task.Supervised(network, MeanSquaredError.of(), optimizer),
            OptimizerCases::batch));
  }

  /** Features and three functions of them, one with noise. */
  private static Batch batch(SplittableRandom random) {
    Values features = Values.normal(Shape.of(BATCH, FEATURES), random);
    int[] next = {0};
    Values labels =
        Values.drawn(
            Shape.of(BATCH, 3),
            () -> {
              int row = next[0] / 3 * FEATURES;
              double x = features.numbers()[row + next[0] % 3];
              double y = features.numbers()[row + 3 + next[0] % 3];
              return next[0]++ % 3 == 0 ? x - y : Math.sin(x) * y + 0.1 * random.nextGaussian();
            });
    return Batch.of(features, labels);
  }
}
