package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import dev.lanewise.nn.optimizer.Adadelta;
import dev.lanewise.nn.optimizer.Adagrad;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Adamax;
import dev.lanewise.nn.optimizer.Lion;
import dev.lanewise.nn.optimizer.Nadam;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.nn.optimizer.RMSprop;
import dev.lanewise.nn.optimizer.SGD;

/**
 * Updates of a parameter as the documentation of Keras has them, or that of {@code torch.optim}
 * where the rule says so.
 */
final class Rules {
  private Rules() {}

  /**
   * Moves {@code w} in place.
   *
   * @param step the number of this update, from one
   */
  static void update(Optimizer rule, NDArray w, NDArray g, Slots slots, long step, double rate) {
    switch (rule) {
      case SGD sgd -> sgd(sgd, w, g, slots, rate);
      case Lion lion -> lion(lion, w, g, slots, rate);
      case Adam adam -> adam(adam, w, g, slots, step, rate);
      case Adamax adamax -> adamax(adamax, w, g, slots, step, rate);
      case Nadam nadam -> nadam(nadam, w, g, slots, step, rate);
      case Adagrad adagrad -> adagrad(adagrad, w, g, slots, rate);
      case Adadelta adadelta -> adadelta(adadelta, w, g, slots, rate);
      case RMSprop rmsprop -> rmsprop(rmsprop, w, g, slots, rate);
      default -> throw new IllegalArgumentException("parity: no translation of " + rule);
    }
  }

  /** {@code average = decay * average + (1 - decay) value}, in place. */
  private static NDArray averaged(NDArray average, double decay, NDArray value) {
    return average.muli(decay).addi(value.mul(1 - decay));
  }

  private static void sgd(SGD sgd, NDArray w, NDArray g, Slots slots, double rate) {
    if (sgd.momentum() == 0) {
      w.subi(g.mul(rate));
      return;
    }
    NDArray velocity = slots.get("velocity", w, 0);
    if (sgd.rateAfterMomentum()) {
      velocity.muli(sgd.momentum()).addi(g);
      w.subi((sgd.nesterov() ? g.add(velocity.mul(sgd.momentum())) : velocity).mul(rate));
    } else {
      velocity.muli(sgd.momentum()).subi(g.mul(rate));
      w.addi(sgd.nesterov() ? velocity.mul(sgd.momentum()).sub(g.mul(rate)) : velocity);
    }
  }

  private static void lion(Lion lion, NDArray w, NDArray g, Slots slots, double rate) {
    NDArray m = slots.get("m", w, 0);
    w.subi(m.mul(lion.beta1()).add(g.mul(1 - lion.beta1())).sign().mul(rate));
    averaged(m, lion.beta2(), g);
  }

  private static void adam(Adam adam, NDArray w, NDArray g, Slots slots, long step, double rate) {
    NDArray m = averaged(slots.get("m", w, 0), adam.beta1(), g);
    NDArray v = averaged(slots.get("v", w, 0), adam.beta2(), g.square());
    if (adam.amsgrad()) {
      v = slots.set("vMax", slots.get("vMax", w, 0).maximum(v));
    }
    double ofMean = 1 - Math.pow(adam.beta1(), (double) step);
    double ofSquares = 1 - Math.pow(adam.beta2(), (double) step);
    if (adam.epsilonAfterCorrection()) {
      NDArray root = v.sqrt().div(Math.sqrt(ofSquares)).add(adam.epsilon());
      w.subi(m.div(root).mul(rate / ofMean));
    } else {
      double alpha = rate * Math.sqrt(ofSquares) / ofMean;
      w.subi(m.mul(alpha).div(v.sqrt().add(adam.epsilon())));
    }
  }

  private static void adamax(
      Adamax adamax, NDArray w, NDArray g, Slots slots, long step, double rate) {
    NDArray m = averaged(slots.get("m", w, 0), adamax.beta1(), g);
    NDArray before = slots.get("u", w, 0).mul(adamax.beta2());
    double corrected = rate / (1 - Math.pow(adamax.beta1(), (double) step));
    if (adamax.epsilonInsideMaximum()) {
      NDArray u = slots.set("u", before.maximum(g.abs().add(adamax.epsilon())));
      w.subi(m.div(u).mul(corrected));
    } else {
      NDArray u = slots.set("u", before.maximum(g.abs()));
      w.subi(m.mul(corrected).div(u.add(adamax.epsilon())));
    }
  }

  private static void nadam(
      Nadam nadam, NDArray w, NDArray g, Slots slots, long step, double rate) {
    NDArray m = averaged(slots.get("m", w, 0), nadam.beta1(), g);
    NDArray v = averaged(slots.get("v", w, 0), nadam.beta2(), g.square());
    double product = 1;
    for (long i = 1; i <= step; i++) {
      product *= momentum(nadam, i);
    }
    double next = momentum(nadam, step + 1);
    NDArray ahead =
        m.mul(next / (1 - product * next)).add(g.mul((1 - momentum(nadam, step)) / (1 - product)));
    NDArray root = v.div(1 - Math.pow(nadam.beta2(), (double) step)).sqrt();
    w.subi(ahead.mul(rate).div(root.add(nadam.epsilon())));
  }

  private static double momentum(Nadam nadam, long step) {
    return nadam.beta1() * (1 - 0.5 * Math.pow(0.96, step * nadam.momentumDecay()));
  }

  private static void adagrad(Adagrad adagrad, NDArray w, NDArray g, Slots slots, double rate) {
    NDArray sum = slots.get("sum", w, adagrad.initial()).addi(g.square());
    NDArray root =
        adagrad.epsilonOutsideRoot()
            ? sum.sqrt().add(adagrad.epsilon())
            : sum.add(adagrad.epsilon()).sqrt();
    w.subi(g.mul(rate).div(root));
  }

  private static void adadelta(Adadelta adadelta, NDArray w, NDArray g, Slots slots, double rate) {
    NDArray squares = averaged(slots.get("squares", w, 0), adadelta.rho(), g.square());
    NDArray deltas = slots.get("deltas", w, 0);
    NDArray delta =
        deltas.add(adadelta.epsilon()).sqrt().div(squares.add(adadelta.epsilon()).sqrt()).mul(g);
    averaged(deltas, adadelta.rho(), delta.square());
    w.subi(delta.mul(rate));
  }

  private static void rmsprop(RMSprop rule, NDArray w, NDArray g, Slots slots, double rate) {
    NDArray squares = averaged(slots.get("squares", w, 0), rule.rho(), g.square());
    NDArray inside = squares;
    if (rule.centered()) {
      inside = squares.sub(averaged(slots.get("mean", w, 0), rule.rho(), g).square());
    }
    NDArray root =
        rule.epsilonOutsideRoot()
            ? inside.sqrt().add(rule.epsilon())
            : inside.add(rule.epsilon()).sqrt();
    NDArray quotient = g.div(root);
    if (rule.momentum() == 0) {
      w.subi(quotient.mul(rate));
    } else if (rule.rateAfterMomentum()) {
      NDArray velocity = slots.get("velocity", w, 0).muli(rule.momentum()).addi(quotient);
      w.subi(velocity.mul(rate));
    } else {
      NDArray velocity = slots.get("velocity", w, 0).muli(rule.momentum()).addi(quotient.mul(rate));
      w.subi(velocity);
    }
  }
}
