package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Concat;

/**
 * A recurrent layer that reads sequences from their beginning and one that reads them from their
 * end, and what both make of them (Schuster and Paliwal 1997). Input: {@code [t, in]}. Output: that
 * of the layers, the last axis twice as long with {@link Merge#CONCAT}; all states stand in the
 * places of their inputs. Weights: those of the layers, as {@code forward_layer} and {@code
 * backward_layer}. Keras' {@code Bidirectional}.
 *
 * @param forward reads from the beginning
 * @param backward reads from the end
 * @param merge makes one output of two
 */
public record Bidirectional(RecurrentLayer forward, RecurrentLayer backward, Merge merge)
    implements Layer {
  /** What becomes of the two outputs. */
  public enum Merge {
    /** One behind the other along the last axis. */
    CONCAT,
    /** Their sum. */
    SUM,
    /** Their product. */
    MUL,
    /** Their mean. */
    AVE
  }

  /** Checks the directions, and that the outputs can be merged. */
  public Bidirectional {
    if (forward.goBackwards() || !backward.goBackwards()) {
      throw new IllegalArgumentException(
          "bidirectional: a layer that goes forwards and one that goes backwards expected: "
              + directions(forward, backward));
    }
    if (forward.returnSequences() != backward.returnSequences()) {
      throw new IllegalArgumentException(
          "bidirectional: one layer returns sequences, the other does not: "
              + forward
              + " x "
              + backward);
    }
    if (merge != Merge.CONCAT && forward.units() != backward.units()) {
      throw new IllegalArgumentException(
          "bidirectional: %s of %d and %d units"
              .formatted(merge, forward.units(), backward.units()));
    }
  }

  private static String directions(RecurrentLayer forward, RecurrentLayer backward) {
    return "goBackwards(%s) x goBackwards(%s)"
        .formatted(forward.goBackwards(), backward.goBackwards());
  }

  /** This layer and its like in the other direction, concatenated. */
  public static Bidirectional of(RecurrentLayer forward) {
    return new Bidirectional(forward, forward.goBackwards(true), Merge.CONCAT);
  }

  /** This layer with another one that goes backwards. */
  public Bidirectional backward(RecurrentLayer other) {
    return new Bidirectional(forward, other, merge);
  }

  /** This layer with its outputs merged in another way. */
  public Bidirectional merge(Merge other) {
    return new Bidirectional(forward, backward, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Block ahead = forward.build(weights.in("forward_layer"), input, true);
    Block back = backward.build(weights.in("backward_layer"), input, true);
    Shape one = ahead.output();
    long units = forward.units() + (merge == Merge.CONCAT ? backward.units() : 0);
    Concat concat = new Concat(-1);
    return Block.of(
        one.with(-1, units),
        (x, pass) -> {
          Tensor first = ahead.call(x, pass);
          Tensor second = back.call(x, pass);
          return switch (merge) {
            case CONCAT -> concat.apply(first, second);
            case SUM -> first.add(second);
            case MUL -> first.mul(second);
            case AVE -> first.add(second).mul(0.5);
          };
        });
  }
}
