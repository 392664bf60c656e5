package dev.lanewise.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * The native memory of one scope tree: slabs from one shared arena, handed to scopes and taken back
 * when they close.
 *
 * <p>The pool only grows; a program whose steps repeat reaches a state in which no memory is asked
 * of the system. Sizes are rounded up to four classes per power of two, so that a slab serves
 * requests of nearly its size. Not synchronised: a tree of scopes belongs to one thread at a time.
 */
final class SlabPool {
  static final long ALIGNMENT = 64;
  private static final long SMALLEST = 1 << 16;

  private final Arena arena = Arena.ofShared();
  private final Map<Long, ArrayDeque<MemorySegment>> free = new TreeMap<>();
  private long reserved;

  /** Rounds up to the next size class. */
  static long sizeClass(long bytes) {
    if (bytes <= SMALLEST) {
      return SMALLEST;
    }
    long power = Long.highestOneBit(bytes - 1);
    long step = power >> 2;
    return (bytes + step - 1) / step * step;
  }

  /** A slab of at least this size, or null where the limit does not allow another. */
  MemorySegment take(long bytes, long limit) {
    long size = sizeClass(bytes);
    ArrayDeque<MemorySegment> slabs = free.get(size);
    if (slabs != null && !slabs.isEmpty()) {
      return slabs.pop();
    }
    if (size > limit - reserved) {
      return null;
    }
    MemorySegment slab = arena.allocate(size, ALIGNMENT);
    reserved += size;
    return slab;
  }

  void give(MemorySegment slab) {
    free.computeIfAbsent(slab.byteSize(), size -> new ArrayDeque<>()).push(slab);
  }

  /** The lifetime of all slabs. */
  Arena arena() {
    return arena;
  }

  /** Bytes asked of the system so far. */
  long reserved() {
    return reserved;
  }

  void close() {
    free.clear();
    arena.close();
  }
}
