package dev.lanewise.nn.layer;

import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The same elements in the same order under another shape. Input and output: any shapes of one
 * size. Keras' {@code Reshape}.
 *
 * @param extents of one sample of the output; one of them may be -1 for what is left
 */
public record Reshape(List<Long> extents) implements Layer {
  /** To these extents. */
  public static Reshape of(long... extents) {
    return new Reshape(LongStream.of(extents).boxed().toList());
  }

  @Override
  public Block build(Weights weights, Shape input) {
    Shape output = shape(input);
    long[] batched = new long[output.rank() + 1];
    System.arraycopy(output.extents(), 0, batched, 1, output.rank());
    return Block.of(
        output,
        (x, _) -> {
          long[] target = batched.clone();
          target[0] = x.extent(0);
          return x.reshape(target);
        });
  }

  private Shape shape(Shape input) {
    long known = 1;
    int open = -1;
    for (int axis = 0; axis < extents.size(); axis++) {
      long extent = extents.get(axis);
      if (extent == -1 && open < 0) {
        open = axis;
      } else if (extent < 1) {
        throw error("no extents of a sample: " + extents, input);
      } else {
        known = Math.multiplyExact(known, extent);
      }
    }
    if (open < 0 ? known != input.size() : input.size() % known != 0) {
      throw error("no " + extents + " from " + input.size() + " elements", input);
    }
    long[] filled = extents.stream().mapToLong(Long::longValue).toArray();
    if (open >= 0) {
      filled[open] = input.size() / known;
    }
    return Shape.of(filled);
  }
}
