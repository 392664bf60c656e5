package dev.lanewise.tensor;

import java.lang.foreign.MemorySegment;

/**
 * The memory that a tensor and its views share: a slice of a slab, the scope that owns it, and the
 * number of times it has been written since it was made.
 */
final class Storage {
  final MemorySegment slab;
  final long at;
  final long bytes;
  final Scope owner;
  private int version;

  Storage(MemorySegment slab, long at, long bytes, Scope owner) {
    this.slab = slab;
    this.at = at;
    this.bytes = bytes;
    this.owner = owner;
  }

  int version() {
    return version;
  }

  void written() {
    version++;
  }
}
