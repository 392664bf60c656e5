package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Concat;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent layer that reads sequences from their beginning and one that reads them from their
 * end, and what both make of them (Schuster and Paliwal 1997). Inputs: {@code [t, in]} and, where
 * they are not zeros, the first states of one layer and then of the other. Output: that of the
 * layers, the last axis twice as long with {@link Merge#CONCAT}; all states stand in the places of
 * their inputs. Layers that return their states give them after it, in the same order. Weights:
 * those of the layers, as {@code forward_layer} and {@code backward_layer}. Keras' {@code
 * Bidirectional}.
 *
 * <p>Steps that a mask leaves out are zeros among all states, as in Keras, since what stands before
 * them differs with the direction; the mask goes on to the output.
 *
 * @param forward reads from the beginning
 * @param backward reads from the end
 * @param merge makes one output of two
 */
public record Bidirectional(RecurrentLayer<?> forward, RecurrentLayer<?> backward, Merge merge)
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
    AVE,
    /** Nothing: the output of the layer that goes forwards, then that of the other. */
    NONE
  }

  /** Checks the directions, and that the outputs can be merged. */
  public Bidirectional {
    if (forward.goBackwards() || !backward.goBackwards()) {
      throw new IllegalArgumentException(
          "bidirectional: a layer that goes forwards and one that goes backwards expected: "
              + both("goBackwards", forward.goBackwards(), backward.goBackwards()));
    }
    requireSame("returnSequences", forward.returnSequences(), backward.returnSequences());
    requireSame("returnState", forward.returnState(), backward.returnState());
    requireSame("stateful", forward.settings().stateful(), backward.settings().stateful());
    if (merge != Merge.CONCAT && merge != Merge.NONE && forward.units() != backward.units()) {
      throw new IllegalArgumentException(
          "bidirectional: %s of %d and %d units"
              .formatted(merge, forward.units(), backward.units()));
    }
  }

  private static void requireSame(String setting, boolean forward, boolean backward) {
    if (forward != backward) {
      throw new IllegalArgumentException(
          "bidirectional: the layers differ: " + both(setting, forward, backward));
    }
  }

  private static String both(String setting, boolean forward, boolean backward) {
    return "%s(%s) x %s(%s)".formatted(setting, forward, setting, backward);
  }

  /** This layer and its like in the other direction, concatenated. */
  public static Bidirectional of(RecurrentLayer<?> forward) {
    return new Bidirectional(forward, forward.goBackwards(true), Merge.CONCAT);
  }

  /** This layer with another one that goes backwards. */
  public Bidirectional backward(RecurrentLayer<?> other) {
    return new Bidirectional(forward, other, merge);
  }

  /** This layer with its outputs merged in another way. */
  public Bidirectional merge(Merge other) {
    return new Bidirectional(forward, backward, other);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    int states = forward.states() + backward.states();
    if (inputs.size() != 1 && inputs.size() != 1 + states) {
      throw error("sequences, and nothing or %d first states, expected".formatted(states), inputs);
    }
    Block ahead = returning(forward).build(weights.in("forward_layer"), ahead(inputs), true);
    Block back = returning(backward).build(weights.in("backward_layer"), back(inputs), true);
    long units = forward.units() + (merge == Merge.CONCAT ? backward.units() : 0);
    List<Shape> outputs = new ArrayList<>();
    outputs.add(ahead.output().with(-1, units));
    if (merge == Merge.NONE) {
      outputs.add(back.output());
    }
    outputs.addAll(ahead.outputs().subList(1, ahead.outputs().size()));
    outputs.addAll(back.outputs().subList(1, back.outputs().size()));
    return Block.ofMasked(
        List.copyOf(outputs),
        (given, pass) -> {
          List<Masked> one = ahead.callMasked(ahead(given), pass);
          List<Masked> other = back.callMasked(back(given), pass);
          List<Masked> all = new ArrayList<>(merged(one.getFirst(), other.getFirst()));
          all.addAll(one.subList(1, one.size()));
          all.addAll(other.subList(1, other.size()));
          return all;
        });
  }

  private static RecurrentLayer<?> returning(RecurrentLayer<?> layer) {
    return layer.zeroOutputForMask(layer.returnSequences());
  }

  /** What the layer that goes forwards gets of all inputs. */
  private <T> List<T> ahead(List<T> inputs) {
    return inputs.size() == 1 ? inputs : inputs.subList(0, 1 + forward.states());
  }

  /** What the layer that goes backwards gets of all inputs. */
  private <T> List<T> back(List<T> inputs) {
    List<T> own = new ArrayList<>();
    own.add(inputs.getFirst());
    if (inputs.size() > 1) {
      own.addAll(inputs.subList(1 + forward.states(), inputs.size()));
    }
    return own;
  }

  private List<Masked> merged(Masked forward, Masked backward) {
    Tensor one = forward.values();
    Tensor other = backward.values();
    Tensor y =
        switch (merge) {
          case CONCAT -> new Concat(-1).apply(one, other);
          case SUM -> one.add(other);
          case MUL -> one.mul(other);
          case AVE -> one.add(other).mul(0.5);
          case NONE -> one;
        };
    return merge == Merge.NONE ? List.of(forward, backward) : List.of(forward.with(y));
  }
}
