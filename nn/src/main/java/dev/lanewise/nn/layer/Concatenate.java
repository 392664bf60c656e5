package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Concat;
import java.util.List;

/**
 * Its inputs one after the other along an axis of the sample. Inputs: two or more whose shapes
 * differ in that axis only. Output: that shape with the sum of the extents. Keras' {@code
 * Concatenate}.
 *
 * <p>Along the last axis, if all have masks, a place counts where it does for any of them. Along
 * the steps of sequences their masks follow one another too. Along other axes masks end here.
 *
 * @param axis of the sample, from the end where negative
 */
public record Concatenate(int axis) implements Layer {
  /** Along the last axis. */
  public static Concatenate of() {
    return new Concatenate(-1);
  }

  /** Along another axis of the sample, from the end where negative. */
  public static Concatenate of(int axis) {
    return new Concatenate(axis);
  }

  @Override
  public Block build(Weights weights, Shape input) {
    return build(weights, List.of(input));
  }

  @Override
  public Block build(Weights weights, List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw error("two inputs or more expected", inputs);
    }
    Shape first = inputs.getFirst();
    int along = first.axis("concatenate", axis);
    long extent = 0;
    for (Shape input : inputs) {
      if (input.rank() != first.rank() || !input.with(along, 1).equals(first.with(along, 1))) {
        throw error("shapes differ in other axes than " + along, inputs);
      }
      extent = Math.addExact(extent, input.extent(along));
    }
    Concat concat = new Concat(along + 1);
    int last = first.rank() - 1;
    return Block.ofMasked(
        first.with(along, extent),
        (given, _) -> {
          Tensor y = concat.apply(Masked.values(given).toArray(Tensor[]::new));
          if (along > 0 && along == last) {
            return new Masked(y, Masked.any(given));
          }
          return new Masked(y, along == 0 && last > 0 ? steps(given) : null);
        });
  }

  /** The masks {@code [n, t]} one after the other, or null if none has one or one of other axes. */
  private static Tensor steps(List<Masked> given) {
    Tensor[] masks = new Tensor[given.size()];
    boolean isMasked = false;
    for (int i = 0; i < masks.length; i++) {
      Masked x = given.get(i);
      if (x.isMasked() && x.mask().rank() != 2) {
        return null;
      }
      isMasked |= x.isMasked();
      Shape all = Shape.of(x.values().extent(0), x.values().extent(1));
      masks[i] = x.isMasked() ? x.mask() : x.values().scope().full(DType.BOOL, all, 1);
    }
    return isMasked ? new Concat(1).apply(masks) : null;
  }
}
