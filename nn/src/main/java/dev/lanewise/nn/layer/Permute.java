package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The axes of a sample in another order. Input: any shape. Output: its extents in that order.
 * Keras' {@code Permute}.
 *
 * @param dims axis {@code i} of the output is axis {@code dims[i]} of the input, counted from one,
 *     since zero is the batch
 */
public record Permute(List<Integer> dims) implements Layer {
  /** Copies the list. */
  public Permute {
    dims = List.copyOf(dims);
  }

  /** This order, counted from one: {@code Permute.of(2, 1)} transposes matrices. */
  public static Permute of(int... dims) {
    return new Permute(IntStream.of(dims).boxed().toList());
  }

  @Override
  public Block build(Weights weights, Shape input) {
    int rank = input.rank();
    List<Integer> all = IntStream.rangeClosed(1, rank).boxed().toList();
    if (!dims.stream().sorted().toList().equals(all)) {
      throw error(dims + " is no order of the axes " + all, input);
    }
    int[] axes = new int[rank + 1];
    long[] extents = new long[rank];
    for (int i = 0; i < rank; i++) {
      axes[i + 1] = dims.get(i);
      extents[i] = input.extent(dims.get(i) - 1);
    }
    return Block.of(Shape.of(extents), (x, _) -> x.permute(axes));
  }
}
