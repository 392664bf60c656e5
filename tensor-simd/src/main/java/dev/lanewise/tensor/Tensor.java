package dev.lanewise.tensor;

import dev.lanewise.tensor.op.Affine;
import dev.lanewise.tensor.op.ArgMax;
import dev.lanewise.tensor.op.Cast;
import dev.lanewise.tensor.op.Copies;
import dev.lanewise.tensor.op.Expand;
import dev.lanewise.tensor.op.LogSoftmax;
import dev.lanewise.tensor.op.Max;
import dev.lanewise.tensor.op.Mean;
import dev.lanewise.tensor.op.Min;
import dev.lanewise.tensor.op.Ops;
import dev.lanewise.tensor.op.Permute;
import dev.lanewise.tensor.op.Reshape;
import dev.lanewise.tensor.op.Slice;
import dev.lanewise.tensor.op.Softmax;
import dev.lanewise.tensor.op.Sum;
import java.lang.foreign.MemorySegment;

/**
 * An n-dimensional array in native memory.
 *
 * <p>A tensor is memory, a layout over it and the scope its results live in. Its elements can be
 * shared with other tensors (views, borrowed tensors). Operators never change their operands;
 * {@link #copyFrom}, {@link #copyInto}, {@link #fill}, {@link #set} do, and a backward pass that
 * needed the old values then throws.
 *
 * <p>A tracked tensor remembers where it came from, so that {@code Gradients} can go back. A tensor
 * belongs to its scope's thread.
 *
 * <p>The fluent methods are a closed core; every other operator is applied with {@link #apply}.
 */
public final class Tensor {

  private final Storage storage;
  private final DType dtype;
  private final Layout layout;
  private final Scope scope;
  private Origin origin;
  private int originIndex;

  Tensor(Storage storage, DType dtype, Layout layout, Scope scope, Origin origin, int originIndex) {
    this.storage = storage;
    this.dtype = dtype;
    this.layout = layout;
    this.scope = scope;
    this.origin = origin;
    this.originIndex = originIndex;
  }

  /** The element type. */
  public DType dtype() {
    return dtype;
  }

  /** The extents. */
  public Shape shape() {
    return layout.shape();
  }

  /** Extents, strides and offset within {@link #memory}, which starts at {@link #at}. */
  public Layout layout() {
    return layout;
  }

  /** Type and layout. */
  public Spec spec() {
    return new Spec(dtype, layout);
  }

  /** Number of axes. */
  public int rank() {
    return layout.shape().rank();
  }

  /** Number of elements. */
  public long size() {
    return layout.shape().size();
  }

  /** Extent of an axis; a negative axis counts from the end. */
  public long extent(int axis) {
    return layout.shape().extent(axis);
  }

  /** The scope that results on this tensor live in. */
  public Scope scope() {
    return scope;
  }

  /** The engine of its scope. */
  public Engine engine() {
    return scope.engine();
  }

  /**
   * The native memory that holds the elements, among others.
   *
   * @throws IllegalStateException if the scope that owns it is closed
   */
  public MemorySegment memory() {
    storage.owner.requireOpen("memory");
    return storage.slab;
  }

  /** Byte offset of the first element in {@link #memory}. */
  public long at() {
    return storage.at + layout.offset() * dtype.bytes();
  }

  /** Bytes from one index of an axis to the next. */
  public long byteStride(int axis) {
    return layout.stride(axis) * dtype.bytes();
  }

  /** Where the tensor comes from, or null if it is not tracked. */
  public Origin origin() {
    return origin;
  }

  /** Which of its origin's outputs it is. */
  public int originIndex() {
    return originIndex;
  }

  int version() {
    return storage.version();
  }

  void requireAlive(Object user) {
    if (storage.owner != scope) {
      storage.owner.requireOpen(user);
    }
    scope.requireOpen(user);
  }

  void born(Origin from, int index) {
    origin = from;
    originIndex = index;
  }

  /**
   * The same memory and the same identity for gradients, without a copy; results live in {@code
   * borrower}.
   */
  public Tensor in(Scope borrower) {
    requireAlive("in");
    borrower.borrowFrom(scope);
    borrower.borrowFrom(storage.owner);
    return new Tensor(storage, dtype, layout, borrower, origin, originIndex);
  }

  /** A view that gradients are asked for: a leaf. */
  public Tensor tracked() {
    if (!dtype.isFloating()) {
      throw new IllegalArgumentException("tracked: no gradients for " + dtype + ": " + spec());
    }
    return new Tensor(storage, dtype, layout, scope, Origin.leaf(), 0);
  }

  /**
   * A view of any type whose uses are remembered, gradients or not: an input of a model that is
   * being recorded.
   */
  public Tensor recorded() {
    return new Tensor(storage, dtype, layout, scope, Origin.leaf(), 0);
  }

  /**
   * A tensor over part of this one's memory: planned memory is cut up this way.
   *
   * @param byteAt distance from this tensor's first element, a multiple of 64
   * @throws IllegalArgumentException if this is not a row-major tensor of u8, or it is too small
   */
  public Tensor part(long byteAt, Spec spec) {
    long end = byteAt + spec.shape().size() * spec.dtype().bytes();
    if (!dtype.equals(DType.U8) || !layout.isContiguous() || byteAt < 0 || end > size()) {
      throw new IllegalArgumentException(
          "part: bytes " + byteAt + " to " + end + " for " + spec + " do not lie in: " + spec());
    }
    Storage cut = new Storage(storage.slab, at() + byteAt, end - byteAt, storage.owner);
    return new Tensor(cut, spec.dtype(), spec.layout().packed(), scope, null, 0);
  }

  /** A view that no gradient passes through. */
  public Tensor untracked() {
    return origin == null ? this : new Tensor(storage, dtype, layout, scope, null, 0);
  }

  /** Whether gradients can be asked for. */
  public boolean isTracked() {
    return origin != null;
  }

  Tensor view(Layout other, Scope home) {
    return new Tensor(storage, dtype, other, home, null, 0);
  }

  /** A row-major copy in another scope, untracked. */
  public Tensor copyTo(Scope target) {
    Tensor copy = target.empty(dtype, shape());
    copyInto(copy);
    return copy;
  }

  /** Overwrites {@code target}, of the same type and shape, with these elements; returns it. */
  public Tensor copyInto(Tensor target) {
    requireAlive("copyInto");
    target.requireWritable("copyInto");
    if (!dtype.equals(target.dtype) || !shape().equals(target.shape())) {
      throw new IllegalArgumentException(
          "copyInto: types or shapes differ: " + spec() + " x " + target.spec());
    }
    if (storage == target.storage && !layout.equals(target.layout)) {
      // Views of one memory may overlap.
      try (Scope scratch = scope.scratch()) {
        Copies.of(copyTo(scratch), target).run();
      }
    } else {
      Copies.of(this, target).run();
    }
    target.storage.written();
    return target;
  }

  private void requireWritable(String user) {
    requireAlive(user);
    scope.requireUsable(user);
  }

  /**
   * Overwrites the elements in row-major order; returns this.
   *
   * @throws IllegalArgumentException if the type is not f32 or the lengths differ
   */
  public Tensor copyFrom(float... values) {
    return overwrite(DType.F32, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites the elements of an f64 tensor in row-major order; returns this. */
  public Tensor copyFrom(double... values) {
    return overwrite(DType.F64, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites the elements of an i32 tensor in row-major order; returns this. */
  public Tensor copyFrom(int... values) {
    return overwrite(DType.I32, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites the elements of an i64 tensor in row-major order; returns this. */
  public Tensor copyFrom(long... values) {
    return overwrite(DType.I64, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites the elements of a u8, i8 or bool tensor in row-major order; returns this. */
  public Tensor copyFrom(byte... values) {
    DType own = dtype.bits() == 8 ? dtype : DType.U8;
    return overwrite(own, MemorySegment.ofArray(values), values.length);
  }

  /** Overwrites the elements of a bool tensor in row-major order; returns this. */
  public Tensor copyFrom(boolean... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return overwrite(DType.BOOL, MemorySegment.ofArray(bytes), bytes.length);
  }

  private Tensor overwrite(DType given, MemorySegment values, long count) {
    requireWritable("copyFrom");
    if (!given.equals(dtype) || count != size()) {
      throw new IllegalArgumentException(
          "copyFrom: " + count + " values of " + given + " do not fit: " + spec());
    }
    if (layout.isContiguous()) {
      MemorySegment.copy(values, 0, memory(), at(), count * dtype.bytes());
    } else {
      for (long i = 0; i < count; i++) {
        Elements.copy(values, i * dtype.bytes(), memory(), atElement(i), dtype.bytes());
      }
    }
    storage.written();
    return this;
  }

  /** Overwrites every element with a value, converted as a Java cast does; returns this. */
  public Tensor fill(double value) {
    requireWritable("fill");
    if (!layout.isContiguous()) {
      for (long i = 0; i < size(); i++) {
        Elements.write(memory(), atElement(i), dtype, value);
      }
    } else if (size() > 0) {
      Elements.write(memory(), at(), dtype, value);
      MemorySegment all = memory().asSlice(at(), size() * dtype.bytes());
      for (long done = dtype.bytes(); done < all.byteSize(); done *= 2) {
        MemorySegment.copy(all, 0, all, done, Math.min(done, all.byteSize() - done));
      }
    }
    storage.written();
    return this;
  }

  /** Overwrites one element, converted as a Java cast does. */
  public void set(double value, long... indices) {
    requireWritable("set");
    Elements.write(memory(), storage.at + layout.at(indices) * dtype.bytes(), dtype, value);
    storage.written();
  }

  /**
   * One element as a double; a tensor of one element needs no indices.
   *
   * @throws IndexOutOfBoundsException if the indices lie outside the shape
   */
  public double value(long... indices) {
    return Elements.real(memory(), atIndices(indices), dtype);
  }

  /** One element as a long; a tensor of one element needs no indices. */
  public long longValue(long... indices) {
    return Elements.whole(memory(), atIndices(indices), dtype);
  }

  private long atIndices(long... indices) {
    if (indices.length == 0 && size() == 1) {
      return at();
    }
    return storage.at + layout.at(indices) * dtype.bytes();
  }

  private long atElement(long number) {
    return storage.at + Elements.offset(layout, number) * dtype.bytes();
  }

  double doubleAt(long number) {
    return Elements.real(memory(), atElement(number), dtype);
  }

  long longAt(long number) {
    return Elements.whole(memory(), atElement(number), dtype);
  }

  /** The elements of an f32 tensor in row-major order. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(size())];
    copyOut(DType.F32, MemorySegment.ofArray(values));
    return values;
  }

  /** The elements of an f64 tensor in row-major order. */
  public double[] toDoubles() {
    double[] values = new double[Math.toIntExact(size())];
    copyOut(DType.F64, MemorySegment.ofArray(values));
    return values;
  }

  /** The elements of an i32 tensor in row-major order. */
  public int[] toInts() {
    int[] values = new int[Math.toIntExact(size())];
    copyOut(DType.I32, MemorySegment.ofArray(values));
    return values;
  }

  /** The elements of an i64 tensor in row-major order. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(size())];
    copyOut(DType.I64, MemorySegment.ofArray(values));
    return values;
  }

  /** The elements of an 8-bit or bool tensor in row-major order. */
  public byte[] toBytes() {
    byte[] values = new byte[Math.toIntExact(size())];
    copyOut(dtype.bits() == 8 ? dtype : DType.U8, MemorySegment.ofArray(values));
    return values;
  }

  /**
   * Copies the elements of an f32 tensor into an array in row-major order.
   *
   * @throws IllegalArgumentException if the type is not f32 or the lengths differ
   */
  public void copyTo(float[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "copyTo: an array of " + values.length + " does not fit: " + spec());
    }
    copyOut(DType.F32, MemorySegment.ofArray(values));
  }

  private void copyOut(DType asked, MemorySegment values) {
    if (!asked.equals(dtype)) {
      throw new IllegalArgumentException("copyTo: " + asked + " asked: " + spec() + ": cast first");
    }
    requireAlive("copyTo");
    if (layout.isContiguous()) {
      MemorySegment.copy(memory(), at(), values, 0, size() * dtype.bytes());
    } else {
      for (long i = 0; i < size(); i++) {
        Elements.copy(memory(), atElement(i), values, i * dtype.bytes(), dtype.bytes());
      }
    }
  }

  /** The elements as NumPy prints them. */
  @Override
  public String toString() {
    return TensorText.of(this);
  }

  /** This tensor as the first operand of an operator. */
  public Tensor apply(Op op, Tensor... others) {
    Tensor[] operands = new Tensor[others.length + 1];
    operands[0] = this;
    System.arraycopy(others, 0, operands, 1, others.length);
    return op.apply(operands);
  }

  /** {@code this + y}, broadcast. */
  public Tensor add(Tensor y) {
    return Ops.ADD.apply(this, y);
  }

  /** {@code this - y}, broadcast. */
  public Tensor sub(Tensor y) {
    return Ops.SUB.apply(this, y);
  }

  /** {@code this * y}, broadcast. */
  public Tensor mul(Tensor y) {
    return Ops.MUL.apply(this, y);
  }

  /** {@code this / y}, broadcast. */
  public Tensor div(Tensor y) {
    return Ops.DIV.apply(this, y);
  }

  /** {@code this + y}. */
  public Tensor add(double y) {
    return new Affine(1, y).apply(this);
  }

  /** {@code this - y}. */
  public Tensor sub(double y) {
    return new Affine(1, -y).apply(this);
  }

  /** {@code this * y}. */
  public Tensor mul(double y) {
    return new Affine(y, 0).apply(this);
  }

  /** {@code this / y}. */
  public Tensor div(double y) {
    return new Affine(1 / y, 0).apply(this);
  }

  /** {@code -this}. */
  public Tensor neg() {
    return Ops.NEG.apply(this);
  }

  /** {@code e^this}. */
  public Tensor exp() {
    return Ops.EXP.apply(this);
  }

  /** The natural logarithm. */
  public Tensor log() {
    return Ops.LOG.apply(this);
  }

  /** The square root. */
  public Tensor sqrt() {
    return Ops.SQRT.apply(this);
  }

  /** {@code this * this}. */
  public Tensor square() {
    return Ops.SQUARE.apply(this);
  }

  /** The hyperbolic tangent. */
  public Tensor tanh() {
    return Ops.TANH.apply(this);
  }

  /** {@code 1 / (1 + e^-this)}. */
  public Tensor sigmoid() {
    return Ops.SIGMOID.apply(this);
  }

  /** {@code max(this, 0)}. */
  public Tensor relu() {
    return Ops.RELU.apply(this);
  }

  /** The matrix product over the last two axes, leading axes broadcast. */
  public Tensor matmul(Tensor y) {
    return Ops.MATMUL.apply(this, y);
  }

  /** The sum over these axes, or over all where none is given; the axes vanish. */
  public Tensor sum(int... axes) {
    return Sum.over(axes, false).apply(this);
  }

  /** The mean over these axes, or over all where none is given; the axes vanish. */
  public Tensor mean(int... axes) {
    return Mean.over(axes, false).apply(this);
  }

  /** The greatest element along these axes, or of all; the axes vanish. */
  public Tensor max(int... axes) {
    return Max.over(axes, false).apply(this);
  }

  /** The least element along these axes, or of all; the axes vanish. */
  public Tensor min(int... axes) {
    return Min.over(axes, false).apply(this);
  }

  /** The index of the first greatest element along an axis, as i64; the axis vanishes. */
  public Tensor argmax(int axis) {
    return new ArgMax(axis, false).apply(this);
  }

  /** {@code e^x} over its sum along an axis. */
  public Tensor softmax(int axis) {
    return new Softmax(axis).apply(this);
  }

  /** The logarithm of {@link #softmax}. */
  public Tensor logSoftmax(int axis) {
    return new LogSoftmax(axis).apply(this);
  }

  /**
   * The mean cross entropy of these logits {@code [n, classes]} against labels {@code [n]} of i32
   * or i64.
   */
  public Tensor crossEntropy(Tensor labels) {
    return Ops.CROSS_ENTROPY.apply(this, labels);
  }

  /** The same elements in row-major order under another shape; one extent may be -1. */
  public Tensor reshape(long... extents) {
    return Reshape.to(extents, shape()).apply(this);
  }

  /** The same elements in row-major order under another shape. */
  public Tensor reshape(Shape shape) {
    return new Reshape(shape).apply(this);
  }

  /** Axis {@code i} of the result is axis {@code axes[i]} of this. */
  public Tensor permute(int... axes) {
    return Permute.of(axes).apply(this);
  }

  /** The last two axes exchanged. */
  public Tensor transpose() {
    return Permute.lastTwo(rank()).apply(this);
  }

  /** Indices {@code from} to {@code to}, exclusive, of one axis. */
  public Tensor slice(int axis, long from, long to) {
    return Slice.of(axis, from, to).apply(this);
  }

  /** Stretched to a shape that it broadcasts to, without a copy. */
  public Tensor expand(long... extents) {
    return new Expand(Shape.of(extents)).apply(this);
  }

  /** Converted to another element type. */
  public Tensor cast(DType target) {
    return new Cast(target).apply(this);
  }
}
