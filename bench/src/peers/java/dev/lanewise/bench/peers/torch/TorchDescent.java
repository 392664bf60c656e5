package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.lanewise.nn.optimizer.Clipping;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.nn.optimizer.Tuned;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An optimizer at work on PyTorch tensors, which have the gradients of a backward pass. */
final class TorchDescent {
  private static final String AVERAGE = "average";

  private final Tuned tuned;
  private final Map<String, NDArray> weights;
  private final Map<String, Slots> slots = new LinkedHashMap<>();
  private long steps;

  TorchDescent(Optimizer optimizer, Map<String, NDArray> weights, NDManager manager) {
    this.tuned = Tuned.of(optimizer);
    this.weights = weights;
    weights.keySet().forEach(name -> slots.put(name, new Slots(manager)));
  }

  /** Moves all weights against their gradients. */
  void step() {
    double rate = tuned.rate().rate(steps++);
    Map<String, NDArray> gradients = new LinkedHashMap<>();
    weights.forEach((name, w) -> gradients.put(name, JniUtils.getGradient(Torch.of(w))));
    clip(List.copyOf(gradients.values()));
    weights.forEach(
        (name, w) -> {
          if (tuned.weightDecay().chosen().test(name)) {
            w.subi(w.mul(rate * tuned.weightDecay().decay()));
          }
          Rules.update(tuned.rule(), w, gradients.get(name), slots.get(name), steps, rate);
          if (tuned.average() > 0) {
            average(w, slots.get(name));
          }
        });
  }

  private void average(NDArray w, Slots kept) {
    NDArray before = kept.get(AVERAGE);
    kept.set(
        AVERAGE,
        before == null
            ? w.stopGradient().duplicate()
            : before.mul(tuned.average()).add(w.mul(1 - tuned.average())));
  }

  private void clip(List<NDArray> gradients) {
    double limit = tuned.clipping().limit();
    if (limit == Double.POSITIVE_INFINITY) {
      return;
    }
    if (tuned.clipping().kind() == Clipping.Kind.VALUE) {
      gradients.forEach(g -> g.subi(g.sub(g.clip(-limit, limit))));
    } else if (tuned.clipping().kind() == Clipping.Kind.NORM) {
      gradients.forEach(g -> g.muli(limit / Math.max(limit, Math.sqrt(squares(g)))));
    } else {
      double norm = Math.sqrt(gradients.stream().mapToDouble(TorchDescent::squares).sum());
      gradients.forEach(g -> g.muli(limit / Math.max(limit, norm)));
    }
  }

  private static double squares(NDArray g) {
    return TorchTraining.number(g.square().sum());
  }

  /** The averages of weights that are kept, by the weights' names. */
  Map<String, NDArray> averages() {
    Map<String, NDArray> averages = new LinkedHashMap<>();
    slots.forEach(
        (name, kept) -> {
          NDArray average = kept.get(AVERAGE);
          if (average != null) {
            averages.put(name + "." + AVERAGE, average);
          }
        });
    return averages;
  }

  /** Lends everything kept to a manager, so that what is computed from it ends with it. */
  void lend(NDManager borrower) {
    slots.values().forEach(kept -> kept.lend(borrower));
  }
}
