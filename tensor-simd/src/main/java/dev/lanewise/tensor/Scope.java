package dev.lanewise.tensor;

import dev.lanewise.kernel.Philox;
import dev.lanewise.kernel.Workspace;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * A lifetime in a named tree: it owns tensors and gives their memory back when it closes.
 *
 * <p>A result lives in the innermost scope among its operands, so nothing outlives the memory it
 * points to. {@link #child} opens a shorter lifetime inside this one; {@link Tensor#in} lets a
 * computation on long-lived tensors happen in a shorter scope; {@link Tensor#copyTo} and {@link
 * Tensor#copyInto} are the ways out.
 *
 * <p>Memory comes in 64-byte-aligned slices of slabs that the tree recycles: a loop that opens and
 * closes a child per step asks the system for nothing after its first rounds. Fresh memory is not
 * cleared.
 *
 * <p>A scope and its descendants belong to one thread at a time: the one that opened it, until
 * {@link #handOver} or {@link #release}. A tree that is dropped without {@link #close} is reported
 * through {@link System.Logger}, with the place that opened it.
 */
public final class Scope implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Scope.class.getName());
  private static final long UNLIMITED = Long.MAX_VALUE;

  private final String name;
  private final Scope parent;
  private final int depth;
  private final Tree tree;
  private final long limit;
  private final String openedAt;
  private final List<Scope> children = new ArrayList<>(2);
  private final List<MemorySegment> slabs = new ArrayList<>(4);
  private final List<Scope> lenders = new ArrayList<>(0);

  /** Scopes that borrowed from this one; they may belong to other threads, so guarded by this. */
  private final List<Scope> borrowers = new ArrayList<>(0);

  private MemorySegment slab;
  private long slabAt;
  private long tensors;
  private long bytes;
  private long draws;
  private AnomalyWatch watch;
  private volatile boolean open = true;
  private volatile Op running;

  /** What the scopes of one tree share. */
  private static final class Tree implements Runnable {
    final Engine engine;
    final SlabPool pool = new SlabPool();
    final String name;
    final String openedAt;
    final long seed;
    final AtomicReference<Thread> thread = new AtomicReference<>(Thread.currentThread());
    final List<Workspace> workspaces = new ArrayList<>(2);
    volatile boolean closed;
    long clock;
    Cleaner.Cleanable leakCheck;

    Tree(Engine engine, String name, String openedAt, long seed) {
      this.engine = engine;
      this.name = name;
      this.openedAt = openedAt;
      this.seed = seed;
    }

    /** Runs once: at close, or when the tree has become unreachable unclosed. */
    @Override
    public void run() {
      if (!closed) {
        LOGGER.log(
            Level.WARNING,
            "scope ''{0}'' was never closed ({1}; opened at {2})",
            name,
            amount(pool.reserved()),
            openedAt);
      }
      pool.close();
    }
  }

  /** Reports trees that nobody closed. One daemon thread, started with the first scope. */
  private static final class LeakReports {
    static final Cleaner CLEANER = Cleaner.create();
  }

  /**
   * What a scope holds.
   *
   * @param tensors number of tensors made in it
   * @param bytes their memory
   * @param reserved bytes its tree has asked of the system, free slabs included
   */
  public record Usage(long tensors, long bytes, long reserved) {}

  /**
   * How a tree is opened.
   *
   * @param engine the engine its tensors compute on
   * @param limitBytes the most native memory the tree may ask of the system
   * @param seed the key of random tensors made in it
   */
  public record Options(Engine engine, long limitBytes, long seed) {
    /** The standard engine, no limit, seed zero. */
    public static Options standard() {
      return new Options(Engine.standard(), UNLIMITED, 0);
    }

    /** These options on another engine. */
    public Options engine(Engine other) {
      return new Options(other, limitBytes, seed);
    }

    /** These options with at most this much native memory. */
    public Options limit(long bytesAtMost) {
      return new Options(engine, bytesAtMost, seed);
    }

    /** These options with another seed. */
    public Options seed(long other) {
      return new Options(engine, limitBytes, other);
    }
  }

  private Scope(String name, Scope parent, Tree tree, long limit, String openedAt) {
    this.name = name;
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.tree = tree;
    this.limit = limit;
    this.openedAt = openedAt;
  }

  /** Opens a root scope on the standard engine. */
  public static Scope open(String name) {
    return open(name, Options.standard());
  }

  /** Opens a root scope. */
  public static Scope open(String name, Options options) {
    String openedAt = caller();
    Tree tree = new Tree(options.engine(), name, openedAt, options.seed());
    Scope scope = new Scope(name, null, tree, options.limitBytes(), openedAt);
    tree.leakCheck = LeakReports.CLEANER.register(scope, tree);
    return scope;
  }

  /** Opens a scope inside this one; it must close before this one does. */
  public Scope child(String childName) {
    requireUsable("child");
    Scope child = new Scope(name + "/" + childName, this, tree, limit, caller());
    child.watch = watch;
    children.add(child);
    return child;
  }

  /**
   * A child for the scratch memory of one operator, too short-lived to note where it was opened.
   */
  Scope scratch() {
    Scope child = new Scope(name + "/scratch", this, tree, limit, "an operator");
    children.add(child);
    return child;
  }

  /** The kernels' workspace of one participant of {@link Workers}, alive as long as the tree. */
  Workspace workspace(int slot) {
    while (tree.workspaces.size() <= slot) {
      tree.workspaces.add(new Workspace(tree.engine.profile(), tree.pool.arena()));
    }
    return tree.workspaces.get(slot);
  }

  private static String caller() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> !frame.getClassName().equals(Scope.class.getName()))
                    .findFirst()
                    .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                    .orElse("an unknown place"));
  }

  /** The path from the root, such as {@code training/step}. */
  public String name() {
    return name;
  }

  /** The engine that tensors of this tree compute on. */
  public Engine engine() {
    return tree.engine;
  }

  /**
   * Looks for NaN and infinity in all that operators compute from now on in this scope and in those
   * opened inside it later, gradients included, or no longer does; returns this.
   *
   * <p>The first one is an {@link AnomalyException} that names the operator, its operands and, in a
   * network, the layer. Results are the same; every output is read once more. Where it is off, as
   * it is at first, nothing is looked at. Compiled models are not watched.
   */
  public Scope detectAnomaly(boolean wanted) {
    requireUsable("detectAnomaly");
    watch = !wanted ? null : watch == null ? new AnomalyWatch() : watch;
    return this;
  }

  /** What looks for anomalies here, or null where nothing does. */
  public AnomalyWatch anomalyWatch() {
    return watch;
  }

  /** What this scope itself holds, its children not included. */
  public Usage usage() {
    return new Usage(tensors, bytes, tree.pool.reserved());
  }

  /** Whether {@link #close} has not happened yet. */
  public boolean isOpen() {
    return open;
  }

  /** A tensor of {@link DType#F32} with these values in row-major order. */
  public Tensor tensor(Shape shape, float... values) {
    requireCount(shape, values.length);
    return empty(DType.F32, shape).copyFrom(values);
  }

  /** A tensor of {@link DType#F64} with these values in row-major order. */
  public Tensor tensor(Shape shape, double... values) {
    requireCount(shape, values.length);
    return empty(DType.F64, shape).copyFrom(values);
  }

  /** A tensor of {@link DType#I32} with these values in row-major order. */
  public Tensor tensor(Shape shape, int... values) {
    requireCount(shape, values.length);
    return empty(DType.I32, shape).copyFrom(values);
  }

  /** A tensor of {@link DType#I64} with these values in row-major order. */
  public Tensor tensor(Shape shape, long... values) {
    requireCount(shape, values.length);
    return empty(DType.I64, shape).copyFrom(values);
  }

  /** A tensor of {@link DType#BOOL} with these values in row-major order. */
  public Tensor tensor(Shape shape, boolean... values) {
    requireCount(shape, values.length);
    return empty(DType.BOOL, shape).copyFrom(values);
  }

  private static void requireCount(Shape shape, long count) {
    if (shape.size() != count) {
      throw new IllegalArgumentException(
          "tensor: " + count + " values for shape " + shape + " of " + shape.size());
    }
  }

  /** A tensor whose elements are whatever the memory held. */
  public Tensor empty(DType dtype, Shape shape) {
    return empty(dtype, Layout.contiguous(shape));
  }

  /** A tensor of this packed layout whose elements are whatever the memory held. */
  public Tensor empty(DType dtype, Layout layout) {
    long size = layout.shape().size();
    if (size > Long.MAX_VALUE / 16) {
      throw new IllegalArgumentException("tensor: too large: " + layout.shape() + " of " + dtype);
    }
    return new Tensor(allocate(size * dtype.bytes()), dtype, layout, this, null, 0);
  }

  /** A tensor of zeros. */
  public Tensor zeros(DType dtype, Shape shape) {
    return empty(dtype, shape).fill(0);
  }

  /** A tensor of one repeated value. */
  public Tensor full(DType dtype, Shape shape, double value) {
    return empty(dtype, shape).fill(value);
  }

  /** {@code 0, 1, 2, ...}, {@code count} of them. */
  public Tensor range(DType dtype, long count) {
    Tensor range = empty(dtype, Shape.of(count));
    for (long i = 0; i < count; i++) {
      range.set((double) i, i);
    }
    return range;
  }

  /** Standard normal {@link DType#F32} values from this scope's next random stream. */
  public Tensor normal(Shape shape) {
    return normal(DType.F32, shape);
  }

  /** Standard normal values from this scope's next random stream. */
  public Tensor normal(DType dtype, Shape shape) {
    return normal(dtype, shape, new Philox(tree.seed, draws++));
  }

  /** Standard normal values of the given random stream. */
  public Tensor normal(DType dtype, Shape shape, Philox stream) {
    Tensor values = empty(dtype, shape);
    stream.normal(dtype.element(), values.memory(), values.at(), 0, shape.size());
    return values;
  }

  /** {@link DType#F32} values uniform in [0, 1) from this scope's next random stream. */
  public Tensor uniform(Shape shape) {
    return uniform(DType.F32, shape);
  }

  /** Values uniform in [0, 1) from this scope's next random stream. */
  public Tensor uniform(DType dtype, Shape shape) {
    return uniform(dtype, shape, new Philox(tree.seed, draws++));
  }

  /** Values uniform in [0, 1) of the given random stream. */
  public Tensor uniform(DType dtype, Shape shape, Philox stream) {
    Tensor values = empty(dtype, shape);
    stream.uniform(dtype.element(), values.memory(), values.at(), 0, shape.size());
    return values;
  }

  Storage allocate(long size) {
    requireUsable("allocate");
    long slice = (size + SlabPool.ALIGNMENT - 1) & -SlabPool.ALIGNMENT;
    if (slab == null || slabAt + slice > slab.byteSize()) {
      nextSlab(slice);
    }
    Storage storage = new Storage(slab, slabAt, size, this);
    slabAt += slice;
    tensors++;
    bytes += slice;
    return storage;
  }

  private void nextSlab(long slice) {
    long wanted = Math.max(slice, Math.min(2 * bytes, 1 << 22));
    MemorySegment next = tree.pool.take(wanted, limit);
    if (next == null) {
      next = tree.pool.take(slice, limit);
    }
    if (next == null) {
      throw new MemoryLimitException(
          "scope '"
              + name
              + "': limit of "
              + amount(limit)
              + " exceeded: "
              + amount(tree.pool.reserved())
              + " reserved, "
              + amount(slice)
              + " asked");
    }
    slabs.add(next);
    slab = next;
    slabAt = 0;
  }

  /** Passes this tree of scopes to another thread; the caller no longer may use it. */
  public void handOver(Thread thread) {
    requireUsable("handOver");
    tree.thread.set(thread);
  }

  /** Gives this tree of scopes away to whichever thread uses it next. */
  public void release() {
    requireUsable("release");
    tree.thread.set(null);
  }

  /**
   * Claims a released tree for the calling thread; nothing happens if it has it already.
   *
   * @throws IllegalStateException if another thread has it
   */
  public void own() {
    requireUsable("own");
  }

  /**
   * Ends the lifetime: every tensor made here becomes unusable and its memory serves others.
   *
   * @throws IllegalStateException if the scope is closed already, has open children, has lent
   *     tensors to an open scope, belongs to another thread, or a kernel is running on it; nothing
   *     is closed then
   */
  @Override
  public void close() {
    if (!open) {
      throw new IllegalStateException("scope '" + name + "' closed twice");
    }
    Op kernel = running;
    if (kernel != null) {
      throw new IllegalStateException(
          "scope '" + name + "' closed while kernel '" + kernel.name() + "' runs on it");
    }
    requireThread("close");
    if (!children.isEmpty()) {
      throw new IllegalStateException(
          "scope '"
              + name
              + "' closed while "
              + children.stream().map(Scope::describe).collect(Collectors.joining(" and ")));
    }
    synchronized (this) {
      if (!borrowers.isEmpty()) {
        throw new IllegalStateException(
            "scope '"
                + name
                + "' closed while lent: "
                + borrowers.stream().map(Scope::describe).collect(Collectors.joining(" and ")));
      }
      open = false;
    }
    for (Scope lender : lenders) {
      lender.returned(this);
    }
    lenders.clear();
    slab = null;
    if (parent == null) {
      tree.closed = true;
      tree.leakCheck.clean();
    } else {
      slabs.forEach(tree.pool::give);
      parent.children.remove(this);
    }
    slabs.clear();
  }

  private String describe() {
    return "'"
        + name
        + "' is open ("
        + tensors
        + " tensors, "
        + amount(bytes)
        + "; opened at "
        + openedAt
        + ")";
  }

  /** Notes that this scope borrows from a lender that is not its ancestor. */
  void borrowFrom(Scope lender) {
    requireUsable("in");
    if (lender != this && lender.isInside(this)) {
      throw new IllegalStateException(
          "in: scope '"
              + name
              + "' closes after '"
              + lender.name
              + "', from which it would borrow: copyTo(scope) makes a copy");
    }
    if (!isInside(lender) && !lenders.contains(lender)) {
      lender.lent(this);
      lenders.add(lender);
    }
  }

  private synchronized void lent(Scope borrower) {
    requireOpen("in");
    borrowers.add(borrower);
  }

  private synchronized void returned(Scope borrower) {
    borrowers.remove(borrower);
  }

  /** Whether this scope is the other one or lies inside it. */
  boolean isInside(Scope other) {
    Scope scope = this;
    while (scope.depth > other.depth) {
      scope = scope.parent;
    }
    return scope == other;
  }

  /**
   * The inner one of two scopes on one path from the root, or null where they are on different
   * paths.
   */
  static Scope innermost(Scope one, Scope other) {
    if (one == other || one.isInside(other)) {
      return one;
    }
    return other.isInside(one) ? other : null;
  }

  /**
   * Marks a kernel as running in this scope, so that closing it is refused; null marks the end.
   *
   * @return what ran before: the kernel that this one is a part of, or null
   */
  Op enter(Op kernel) {
    Op outer = running;
    running = kernel;
    return outer;
  }

  /**
   * The next birth number: greater than that of everything born in this tree and than {@code
   * floor}.
   */
  long tick(long floor) {
    tree.clock = Math.max(tree.clock, floor) + 1;
    return tree.clock;
  }

  /**
   * @param user the operator, or the name of the method, that errors begin with
   */
  void requireOpen(Object user) {
    if (!open) {
      throw new IllegalStateException(said(user) + ": scope '" + name + "' is closed");
    }
  }

  void requireUsable(Object user) {
    requireOpen(user);
    requireThread(user);
  }

  private static String said(Object user) {
    return user instanceof Op op ? op.name() : user.toString();
  }

  private void requireThread(Object user) {
    Thread current = Thread.currentThread();
    Thread owner = tree.thread.get();
    if (owner != current && (owner != null || !tree.thread.compareAndSet(null, current))) {
      throw new IllegalStateException(
          said(user)
              + ": scope '"
              + name
              + "' belongs to thread '"
              + (owner == null ? "another" : owner.getName())
              + "', used from '"
              + current.getName()
              + "': pass it on with handOver");
    }
  }

  private static String amount(long count) {
    if (count < 1 << 10) {
      return count + " B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(count)) / 10;
    return String.format(
        Locale.ROOT, "%.1f %ciB", (double) count / (1L << (10 * unit)), " KMGTPE".charAt(unit));
  }

  @Override
  public String toString() {
    return "scope '"
        + name
        + (open ? "' (" : "' (closed; ")
        + tensors
        + " tensors, "
        + amount(bytes)
        + ")";
  }
}
