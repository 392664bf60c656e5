package dev.lanewise.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Looks for the first NaN or infinity in what the operators of a scope compute, see {@link
 * Scope#detectAnomaly}.
 *
 * <p>An anomaly is a NaN, or an infinity where none of the operands has one: a mask of infinities
 * may pass, what becomes NaN by it may not. Outputs are looked at after each operator, gradients
 * after each operator's backward, so that the error names the operator whose gradient it is and not
 * one of those that compute it. Values are only read: results are the same with it and without.
 *
 * <p>Belongs to the scope's thread.
 */
public final class AnomalyWatch {
  private String layer;
  private boolean isPaused;
  private long checks;

  AnomalyWatch() {}

  /**
   * Notes for errors which layer the operators belong to that run from now on; null for none.
   *
   * @return the layer before, to be given back afterwards
   */
  public String enter(String name) {
    String outer = layer;
    layer = name;
    return outer;
  }

  /** The layer that operators belong to now, or null. */
  String layer() {
    return layer;
  }

  /** How many outputs and gradients have been looked at. */
  public long checks() {
    return checks;
  }

  /**
   * Looks at what an operator has computed.
   *
   * @throws AnomalyException if there is a NaN, or an infinity that no input has
   */
  void check(Op op, Tensor[] inputs, Tensor[] outputs) {
    if (isPaused) {
      return;
    }
    for (int i = 0; i < op.visibleOutputs(); i++) {
      if (isAnomaly(outputs[i], inputs)) {
        String which = op.visibleOutputs() == 1 ? "the output" : "output " + i;
        throw error(op, which, outputs[i], layer, said(inputs));
      }
    }
  }

  /**
   * Runs an operator's backward and looks at the gradients that it gives.
   *
   * @param home the layer that the operator was applied in, or null
   * @throws AnomalyException if there is a NaN, or an infinity that no arriving gradient has
   */
  Grads backward(Op op, Saved saved, Grads arrived, Wanted wanted, String home) {
    String outer = enter(home);
    boolean wasPaused = isPaused;
    isPaused = true;
    Grads given;
    try {
      given = op.backward(saved, arrived, wanted);
    } finally {
      isPaused = wasPaused;
      layer = outer;
    }
    if (isPaused) {
      return given;
    }
    Tensor[] before = saved.present(arrived);
    for (int i = 0; i < saved.inputs(); i++) {
      Tensor grad = given.at(i);
      if (grad != null && wanted.input(i) && isAnomaly(grad, before)) {
        throw error(
            op,
            "the gradient of input " + i,
            grad,
            home,
            said(saved.all()) + ", gradients " + said(before));
      }
    }
    return given;
  }

  private boolean isAnomaly(Tensor made, Tensor[] from) {
    checks++;
    if (Statistics.isFinite(made)) {
      return false;
    }
    if (Statistics.of(made).nan() > 0) {
      return true;
    }
    for (Tensor operand : from) {
      if (operand.dtype().isFloating() && Statistics.of(operand).infinite() > 0) {
        return false;
      }
    }
    return true;
  }

  private static AnomalyException error(
      Op op, String which, Tensor made, String where, String operands) {
    Statistics found = Statistics.of(made);
    List<String> counts = new ArrayList<>();
    if (found.nan() > 0) {
      counts.add(found.nan() + " NaN");
    }
    if (found.infinite() > 0) {
      counts.add(found.infinite() + " infinite");
    }
    return new AnomalyException(
        "%s: %s has %s of %d values%s: %s"
            .formatted(
                op.name(),
                which,
                String.join(" and ", counts),
                made.size(),
                where == null ? "" : " in layer '" + where + "'",
                operands));
  }

  private static String said(Tensor[] tensors) {
    return Arrays.stream(tensors)
        .map(tensor -> Statistics.of(tensor).toString())
        .collect(Collectors.joining(" x "));
  }
}
