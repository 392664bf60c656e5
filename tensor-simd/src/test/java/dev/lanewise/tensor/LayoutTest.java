package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class LayoutTest {
  /** A layout and what it should be: the offsets of its elements in row-major order. */
  @SuppressWarnings("ArrayRecordComponent")
  record Model(Layout layout, long[] offsets) {
    void check() {
      assertArrayEquals(offsets, walked(layout), layout.toString());
    }
  }

  private static long[] walked(Layout layout) {
    long[] offsets = new long[Math.toIntExact(layout.shape().size())];
    for (int number = 0; number < offsets.length; number++) {
      offsets[number] = layout.at(index(layout.shape(), number));
      assertEquals(offsets[number], Elements.offset(layout, number), layout.toString());
    }
    return offsets;
  }

  /** The indices of the element with this row-major number. */
  private static long[] index(Shape shape, long number) {
    long[] index = new long[shape.rank()];
    long rest = number;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape.extent(axis);
      rest /= shape.extent(axis);
    }
    return index;
  }

  /** The row-major number of the element at these indices. */
  private static int number(Shape shape, long[] index) {
    long number = 0;
    for (int axis = 0; axis < index.length; axis++) {
      number = number * shape.extent(axis) + index[axis];
    }
    return Math.toIntExact(number);
  }

  /**
   * The offsets under another shape, whose element at {@code i} is the model's at {@code from(i)}.
   */
  private static long[] picked(Model model, Shape shape, UnaryOperator<long[]> from) {
    long[] offsets = new long[Math.toIntExact(shape.size())];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = model.offsets[number(model.layout.shape(), from.apply(index(shape, i)))];
    }
    return offsets;
  }

  private static Model permuted(Model model, int[] axes) {
    long[] extents = Arrays.stream(axes).mapToLong(model.layout.shape()::extent).toArray();
    return new Model(
        model.layout.permute(axes),
        picked(
            model,
            Shape.of(extents),
            index -> {
              long[] from = new long[index.length];
              for (int axis = 0; axis < axes.length; axis++) {
                from[axes[axis]] = index[axis];
              }
              return from;
            }));
  }

  private static Model sliced(Model model, int axis, long start, long step, long count) {
    return new Model(
        model.layout.slice(axis, start, step, count),
        picked(
            model,
            model.layout.shape().with(axis, count),
            index -> {
              long[] from = index.clone();
              from[axis] = start + step * index[axis];
              return from;
            }));
  }

  private static Model expanded(Model model, Shape target) {
    Shape shape = model.layout.shape();
    return new Model(
        model.layout.expand(target),
        picked(
            model,
            target,
            index -> {
              long[] from = new long[shape.rank()];
              for (int axis = 1; axis <= from.length; axis++) {
                long at = index[index.length - axis];
                from[from.length - axis] = shape.extent(-axis) == 1 ? 0 : at;
              }
              return from;
            }));
  }

  /** Layouts made by a few random views of a row-major one. */
  @Provide
  Arbitrary<Model> models() {
    return Arbitraries.integers()
        .between(0, 11)
        .list()
        .ofSize(24)
        .map(
            choices -> {
              int[] next = {0};
              return model(n -> choices.get(next[0]++ % choices.size()) % n);
            });
  }

  private static Model model(IntUnaryOperator choice) {
    long[] extents = new long[choice.applyAsInt(5)];
    Arrays.setAll(extents, axis -> (choice.applyAsInt(12) + 2) % 5);
    Shape shape = Shape.of(extents);
    Model model = new Model(Layout.contiguous(shape), LongStream.range(0, shape.size()).toArray());
    for (int views = choice.applyAsInt(4); views > 0; views--) {
      model = view(model, choice);
    }
    return model;
  }

  @SuppressWarnings("RefactorSwitch")
  private static Model view(Model model, IntUnaryOperator choice) {
    Shape shape = model.layout.shape();
    int rank = shape.rank();
    switch (choice.applyAsInt(3)) {
      case 0 -> {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
          axes.add(choice.applyAsInt(axis + 1), axis);
        }
        return permuted(model, axes.stream().mapToInt(axis -> axis).toArray());
      }
      case 1 -> {
        if (rank == 0) {
          return model;
        }
        int axis = choice.applyAsInt(rank);
        long extent = shape.extent(axis);
        long step = choice.applyAsInt(2) == 0 ? 1 + choice.applyAsInt(2) : -1;
        long count = extent == 0 ? 0 : 1 + choice.applyAsInt((int) extent);
        count = Math.min(count, step > 0 ? (extent + step - 1) / step : extent);
        long start = step > 0 ? extent - 1 - (count - 1) * step : count - 1;
        return sliced(model, axis, Math.max(0, start), step, count);
      }
      default -> {
        long[] extents = new long[rank + choice.applyAsInt(2)];
        Arrays.fill(extents, 2);
        for (int axis = 1; axis <= rank; axis++) {
          boolean stretched = shape.extent(-axis) == 1;
          extents[extents.length - axis] = stretched ? 3 : shape.extent(-axis);
        }
        return expanded(model, Shape.of(extents));
      }
    }
  }

  @Property(tries = 500)
  void viewsFollowIndexArithmetic(@ForAll("models") Model model) {
    model.check();
  }

  @Property(tries = 500)
  void contiguousMeansOneAfterTheOther(@ForAll("models") Model model) {
    long[] offsets = model.offsets;
    boolean rowMajor = true;
    for (int i = 1; i < offsets.length; i++) {
      rowMajor &= offsets[i] == offsets[i - 1] + 1;
    }
    assertEquals(rowMajor, model.layout.isContiguous(), model.layout.toString());
  }

  @Property(tries = 500)
  void denseMeansEveryPlaceOnce(@ForAll("models") Model model) {
    long[] sorted = model.offsets.clone();
    Arrays.sort(sorted);
    boolean dense = true;
    for (int i = 1; i < sorted.length; i++) {
      dense &= sorted[i] == sorted[i - 1] + 1;
    }
    boolean backwards = false;
    for (int axis = 0; axis < model.layout.shape().rank(); axis++) {
      backwards |= model.layout.stride(axis) < 0 && model.layout.shape().extent(axis) > 1;
    }
    boolean expected = sorted.length == 0 || (dense && !backwards);
    assertEquals(expected, model.layout.isDense(), model.layout.toString());
  }

  @Property(tries = 500)
  void packedClosesTheGaps(@ForAll("models") Model model) {
    Layout packed = model.layout.packed();
    assertEquals(model.layout.shape(), packed.shape());
    assertEquals(0, packed.offset());
    assertTrue(packed.isDense());
    assertEquals(packed, packed.packed());
    if (model.layout.isDense() && model.offsets.length > 0) {
      assertTrue(packed.sameOrder(model.layout), model.layout + " and " + packed);
      long[] moved = model.offsets.clone();
      long first = Arrays.stream(moved).min().getAsLong();
      Arrays.setAll(moved, i -> moved[i] - first);
      assertArrayEquals(moved, walked(packed));
    }
  }

  @Property(tries = 500)
  void sameOrderMeansEqualDistances(
      @ForAll("models") Model model, @ForAll("models") Model another) {
    Layout other = another.layout;
    if (other.sameOrder(model.layout)) {
      assertEquals(model.layout.shape(), other.shape());
      long shift = model.offsets.length == 0 ? 0 : another.offsets[0] - model.offsets[0];
      long[] shifted = model.offsets.clone();
      Arrays.setAll(shifted, i -> shifted[i] + shift);
      assertArrayEquals(shifted, another.offsets);
    }
    assertTrue(model.layout.sameOrder(model.layout));
  }

  /** A reshape is a view exactly where some strides reach the elements in their order. */
  @Property(tries = 1000)
  void reshapesWithoutACopyWhereStridesAllowIt(@ForAll("models") Model model) {
    long size = model.layout.shape().size();
    for (Shape target : shapes(size)) {
      Layout reshaped = model.layout.reshape(target);
      String what = model.layout + " to " + target;
      if (isAffine(model.offsets, target)) {
        assertNotNull(reshaped, what);
        assertEquals(target, reshaped.shape());
        assertArrayEquals(model.offsets, walked(reshaped), what);
      } else {
        assertNull(reshaped, what);
      }
    }
  }

  private static List<Shape> shapes(long size) {
    List<Shape> shapes = new ArrayList<>(List.of(Shape.of(size), Shape.of(1, size, 1)));
    for (long rows = 2; rows < size; rows++) {
      if (size % rows == 0) {
        shapes.add(Shape.of(rows, size / rows));
        shapes.add(Shape.of(rows, 1, size / rows));
        for (long deep = 2; deep < rows; deep++) {
          if (rows % deep == 0) {
            shapes.add(Shape.of(rows / deep, deep, size / rows));
          }
        }
      }
    }
    if (size == 0) {
      shapes.add(Shape.of(3, 0));
    }
    if (size == 1) {
      shapes.add(Shape.scalar());
    }
    return shapes;
  }

  private static boolean isAffine(long[] offsets, Shape shape) {
    long[] strides = new long[shape.rank()];
    for (int axis = 0; axis < strides.length && offsets.length > 0; axis++) {
      if (shape.extent(axis) > 1) {
        long[] index = new long[shape.rank()];
        index[axis] = 1;
        strides[axis] = offsets[number(shape, index)] - offsets[0];
      }
    }
    for (int i = 0; i < offsets.length; i++) {
      long at = offsets[0];
      long[] index = index(shape, i);
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides[axis];
      }
      if (at != offsets[i]) {
        return false;
      }
    }
    return true;
  }

  @Test
  void densePutsAxesInTheGivenOrder() {
    Layout layout = Layout.dense(Shape.of(2, 3, 4, 5), 0, 2, 3, 1);
    assertArrayEquals(
        new long[] {60, 1, 15, 3},
        new long[] {layout.stride(0), layout.stride(1), layout.stride(2), layout.stride(-1)});
    assertTrue(layout.isDense());
    assertFalse(layout.isContiguous());
    assertEquals(Layout.contiguous(Shape.of(2, 3)), Layout.dense(Shape.of(2, 3), 0, 1));
  }

  @Test
  void isAValue() {
    Layout layout = Layout.of(Shape.of(2, 3), new long[] {6, 2}, 5);
    assertEquals(Layout.of(Shape.of(2, 3), new long[] {6, 2}, 5), layout);
    assertEquals(layout.hashCode(), Layout.of(Shape.of(2, 3), new long[] {6, 2}, 5).hashCode());
    assertNotEquals(layout, Layout.of(Shape.of(2, 3), new long[] {6, 2}, 4));
    assertNotEquals(layout, Layout.of(Shape.of(2, 3), new long[] {6, 1}, 5));
    assertNotEquals(layout, Layout.of(Shape.of(2, 2), new long[] {6, 2}, 5));
    assertEquals("[2, 3] strides [6, 2] offset 5", layout.toString());
    assertEquals("[2] strides [1]", Layout.contiguous(Shape.of(2)).toString());
  }

  @Test
  void refusesIndicesOutside() {
    Layout layout = Layout.contiguous(Shape.of(2, 3));
    assertEquals(
        "index: [2, 0] is outside shape [2, 3]",
        assertThrows(IndexOutOfBoundsException.class, () -> layout.at(2, 0)).getMessage());
    assertEquals(
        "index: [0, -1] is outside shape [2, 3]",
        assertThrows(IndexOutOfBoundsException.class, () -> layout.at(0, -1)).getMessage());
    assertEquals(
        "index: 1 indices for shape [2, 3]",
        assertThrows(IllegalArgumentException.class, () -> layout.at(0)).getMessage());
    assertEquals(
        "layout: 1 strides for shape [2, 3]",
        assertThrows(
                IllegalArgumentException.class, () -> Layout.of(Shape.of(2, 3), new long[] {1}, 0))
            .getMessage());
  }
}
