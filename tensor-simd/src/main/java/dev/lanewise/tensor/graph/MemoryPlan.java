package dev.lanewise.tensor.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Where the values of a graph lie in one slab: values whose lifetimes do not overlap share memory.
 *
 * <p>A view lies where the value it looks at lies. An elementwise node writes over its first input
 * where nobody reads that again. The rest is placed largest first, each at the lowest address that
 * is free during its whole life (the greedy-by-size order of Pisarchyk and Lee, "Efficient Memory
 * Management for Deep Neural Net Inference", 2020).
 */
final class MemoryPlan {
  private static final long ALIGNMENT = 64;

  private final IdentityHashMap<Value, Region> regions = new IdentityHashMap<>();
  private long bytes;

  /**
   * Memory that one or more values live in, from the node that first writes it to the last reader.
   */
  private static final class Region {
    final long size;
    final int first;
    int last;
    long at = -1;

    Region(long size, int first) {
      this.size = (size + ALIGNMENT - 1) & -ALIGNMENT;
      this.first = first;
      this.last = first;
    }

    boolean meets(Region other) {
      return first <= other.last && other.first <= last;
    }
  }

  private MemoryPlan() {}

  static MemoryPlan of(Graph graph) {
    MemoryPlan plan = new MemoryPlan();
    plan.findLifetimes(graph);
    plan.place();
    return plan;
  }

  /** Byte offset of an input or a computed value that is no view. */
  long at(Value value) {
    return regions.get(value).at;
  }

  /** Size of the slab. */
  long bytes() {
    return bytes;
  }

  private void findLifetimes(Graph graph) {
    int end = graph.nodes().size();
    IdentityHashMap<Value, Integer> lastUse = lastUses(graph);
    for (Value input : graph.inputs()) {
      Region region = new Region(size(input), -1);
      region.last = end;
      regions.put(input, region);
    }
    for (int i = 0; i < end; i++) {
      Node node = graph.nodes().get(i);
      for (Value output : node.outputs()) {
        Region region = shared(node, i, output);
        if (region == null) {
          region = new Region(size(output), i);
        }
        region.last = Math.max(region.last, lastUse.getOrDefault(output, i));
        regions.put(output, region);
      }
    }
  }

  private static IdentityHashMap<Value, Integer> lastUses(Graph graph) {
    IdentityHashMap<Value, Integer> lastUse = new IdentityHashMap<>();
    int end = graph.nodes().size();
    for (int i = end - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      for (Value input : node.inputs()) {
        lastUse.putIfAbsent(input, i);
      }
      // A view is read where the value it looks at is read.
      if (node.isView()) {
        int read = lastUse.getOrDefault(node.outputs().getFirst(), i);
        lastUse.merge(node.inputs().getFirst(), read, Math::max);
      }
    }
    for (Value output : graph.outputs()) {
      lastUse.put(output, end);
    }
    return lastUse;
  }

  private Region shared(Node node, int i, Value output) {
    Value first = node.inputs().getFirst();
    Region region = regions.get(first);
    if (region == null || output != node.outputs().getFirst()) {
      return null;
    }
    if (node.isView()) {
      return region;
    }
    boolean dead = region.last == i && node.inputs().lastIndexOf(first) == 0;
    boolean fits =
        node.op().inPlace()
            && first.spec().equals(output.spec())
            && output.spec().layout().offset() == 0
            && region.size == new Region(size(output), i).size;
    return dead && fits && !readsElsewhere(node, region) ? region : null;
  }

  /** Whether another input of the node lies in the same region, perhaps under another layout. */
  private boolean readsElsewhere(Node node, Region region) {
    for (int i = 1; i < node.inputs().size(); i++) {
      if (regions.get(node.inputs().get(i)) == region) {
        return true;
      }
    }
    return false;
  }

  private static long size(Value value) {
    return value.spec().shape().size() * value.spec().dtype().bytes();
  }

  private void place() {
    List<Region> all = new ArrayList<>(new java.util.LinkedHashSet<>(regions.values()));
    all.sort(
        Comparator.comparingLong((Region region) -> region.size)
            .reversed()
            .thenComparingInt(region -> region.first));
    List<Region> placed = new ArrayList<>();
    for (Region region : all) {
      region.at = lowestFree(region, placed);
      bytes = Math.max(bytes, region.at + region.size);
      placed.add(region);
      placed.sort(Comparator.comparingLong(other -> other.at));
    }
  }

  private static long lowestFree(Region region, List<Region> placed) {
    long at = 0;
    for (Region other : placed) {
      if (other.meets(region)) {
        if (at + region.size <= other.at) {
          break;
        }
        at = Math.max(at, other.at + other.size);
      }
    }
    return at;
  }
}
