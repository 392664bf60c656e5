package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * An operand of i32 or i64 that says which elements of an axis are meant.
 *
 * <p>{@link #load} reads and checks all of it at the start of a run, so that what follows can run
 * in parallel and cannot fail.
 */
final class Indices {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final String operator;
  private final String noun;
  private final boolean fromEnd;
  private final Operands operands;
  private final Tensor indices;
  private final MemorySegment memory;
  private final boolean wide;
  private final boolean contiguous;
  private final long count;
  private final long extent;
  private final MemorySegment checked;
  private final long checkedAt;

  private Indices(
      String operator, String noun, boolean fromEnd, Operands operands, int input, long extent) {
    this.operator = operator;
    this.noun = noun;
    this.fromEnd = fromEnd;
    this.operands = operands;
    this.indices = operands.input(input);
    this.memory = indices.memory();
    this.wide = indices.dtype().equals(DType.I64);
    this.contiguous = indices.layout().isContiguous();
    this.count = indices.size();
    this.extent = extent;
    Tensor scratch = operands.scratch(DType.I64, Shape.of(count));
    this.checked = scratch.memory();
    this.checkedAt = scratch.at();
  }

  /** Input {@code input} as indices of an axis of this extent; negative ones count from the end. */
  static Indices of(String operator, Operands operands, int input, long extent) {
    return new Indices(operator, "index", true, operands, input, extent);
  }

  /** Input {@code input} as labels from zero up to {@code classes}. */
  static Indices labels(String operator, Operands operands, int input, long classes) {
    return new Indices(operator, "label", false, operands, input, classes);
  }

  /**
   * Checks the type.
   *
   * @throws IllegalArgumentException if operand {@code i} is not of i32 or i64
   */
  static void require(String operator, Specs in, int i) {
    DType dtype = in.at(i).dtype();
    if (!dtype.equals(DType.I32) && !dtype.equals(DType.I64)) {
      throw in.error(operator, "i32 or i64 expected for operand " + i + ", not " + dtype);
    }
  }

  /**
   * Checks the types of numbers and their indices.
   *
   * @throws IllegalArgumentException if operand 0 is not of f32 or f64, or operand 1 not of i32 or
   *     i64
   */
  static void requireWithFloating(String operator, Specs in) {
    if (!in.first().dtype().isFloating()) {
      throw in.error(operator, "f32 or f64 expected, not " + in.first().dtype() + ": cast first");
    }
    require(operator, in, 1);
  }

  /** How many there are. */
  long count() {
    return count;
  }

  /** The index of this row-major number, from zero, after {@link #load}. */
  long at(long number) {
    return checked.get(LONG, checkedAt + number * Long.BYTES);
  }

  /**
   * Reads all indices.
   *
   * @throws IllegalArgumentException if one is out of range, with a message that names the first
   */
  void load() {
    long start = indices.at();
    int width = wide ? Long.BYTES : Integer.BYTES;
    for (long i = 0; i < count; i++) {
      long at = start + (contiguous ? i : distance(i)) * width;
      long index = wide ? memory.get(LONG, at) : memory.get(INT, at);
      long place = fromEnd && index < 0 ? index + extent : index;
      if (place < 0 || place >= extent) {
        throw outside(index, i);
      }
      checked.set(LONG, checkedAt + i * Long.BYTES, place);
    }
  }

  private long distance(long number) {
    long distance = 0;
    long rest = number;
    for (int axis = indices.rank() - 1; axis >= 0; axis--) {
      distance += rest % indices.extent(axis) * indices.layout().stride(axis);
      rest /= indices.extent(axis);
    }
    return distance;
  }

  private IllegalArgumentException outside(long index, long number) {
    long[] place = new long[indices.rank()];
    long rest = number;
    for (int axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = rest % indices.extent(axis);
      rest /= indices.extent(axis);
    }
    Spec[] specs = new Spec[operands.inputs()];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = operands.input(i).spec();
    }
    String range = "[" + (fromEnd ? -extent : 0) + ", " + extent + ")";
    return Specs.of(specs)
        .error(
            operator, noun + " " + index + " at " + Arrays.toString(place) + " is not in " + range);
  }
}
