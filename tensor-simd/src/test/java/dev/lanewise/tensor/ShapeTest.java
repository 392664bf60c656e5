package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class ShapeTest {
  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void keepsItsExtents() {
    long[] extents = {2, 3, 4};
    Shape shape = Shape.of(extents);
    extents[0] = 9;
    shape.extents()[1] = 9;
    assertEquals("[2, 3, 4]", shape.toString());
    assertEquals(3, shape.rank());
    assertEquals(24, shape.size());
    assertEquals(2, shape.extent(0));
    assertEquals(4, shape.extent(-1));
    assertEquals(2, shape.extent(-3));
    assertEquals(Shape.of(2, 3, 4), shape);
    assertEquals(Shape.of(2, 3, 4).hashCode(), shape.hashCode());
    assertNotEquals(Shape.of(2, 12), shape);
    assertNotEquals(Shape.of(2, 3, 4).extents(), shape);
  }

  @Test
  void scalarHasOneElement() {
    assertSame(Shape.scalar(), Shape.of());
    assertEquals(1, Shape.scalar().size());
    assertEquals(0, Shape.scalar().rank());
    assertEquals("[]", Shape.scalar().toString());
    assertEquals(0, Shape.of(3, 0).size());
  }

  @Test
  void refusesWhatIsNoShape() {
    refuses("shape: negative extent -1: [2, -1]", () -> Shape.of(2, -1));
    refuses(
        "shape: more than 2^63 elements: [4294967296, 4294967296]",
        () -> Shape.of(1L << 32, 1L << 32));
    refuses(
        "shape: more than 2^63 elements: [4611686018427387904, 2]", () -> Shape.of(1L << 62, 2));
  }

  @Test
  void countsAxesFromTheEnd() {
    Shape shape = Shape.of(2, 3);
    assertEquals(1, shape.axis("sum", -1));
    assertEquals(0, shape.axis("sum", 0));
    refuses("sum: axis 2 is out of range for rank 2: [2, 3]", () -> shape.axis("sum", 2));
    refuses("sum: axis -3 is out of range for rank 2: [2, 3]", () -> shape.axis("sum", -3));
    refuses("sum: axis 0 is out of range for rank 0: []", () -> Shape.scalar().axis("sum", 0));
  }

  @Test
  void changesOneAxis() {
    assertEquals(Shape.of(2, 7, 4), Shape.of(2, 3, 4).with(1, 7));
    assertEquals(Shape.of(2, 3, 7), Shape.of(2, 3, 4).with(-1, 7));
    assertEquals(Shape.of(2, 4), Shape.of(2, 3, 4).without(1));
    assertEquals(Shape.of(3, 4), Shape.of(2, 3, 4).without(-3));
    assertEquals(Shape.scalar(), Shape.of(5).without(0));
  }

  @Test
  void broadcastsByNumPysRule() {
    assertEquals(Shape.of(2, 3), Shape.broadcast(Shape.of(2, 3), Shape.of(3)));
    assertEquals(Shape.of(2, 3), Shape.broadcast(Shape.of(2, 1), Shape.of(1, 3)));
    assertEquals(Shape.of(4, 2, 3), Shape.broadcast(Shape.of(2, 3), Shape.of(4, 1, 1)));
    assertEquals(Shape.of(2), Shape.broadcast(Shape.of(2), Shape.scalar()));
    assertEquals(Shape.of(0), Shape.broadcast(Shape.of(0), Shape.of(1)));
    assertNull(Shape.broadcast(Shape.of(2), Shape.of(3)));
    assertNull(Shape.broadcast(Shape.of(0), Shape.of(2)));
    assertNull(Shape.broadcast(Shape.of(2, 3), Shape.of(2)));
  }

  @Property(tries = 200)
  void broadcastIsCommutativeAndKeepsBoth(
      @ForAll @Size(max = 4) List<@LongRange(max = 3) Long> x,
      @ForAll @Size(max = 4) List<@LongRange(max = 3) Long> y) {
    Shape one = Shape.of(x.stream().mapToLong(extent -> extent).toArray());
    Shape other = Shape.of(y.stream().mapToLong(extent -> extent).toArray());
    Shape both = Shape.broadcast(one, other);
    assertEquals(both, Shape.broadcast(other, one));
    assertEquals(one, Shape.broadcast(one, one));
    assertEquals(one, Shape.broadcast(one, Shape.scalar()));
    if (both != null) {
      assertEquals(both, Shape.broadcast(both, one));
      assertEquals(both, Shape.broadcast(both, other));
    }
  }

  @Test
  void anAxisIsInsertedAnywhere() {
    assertEquals(Shape.of(7, 2, 3), Shape.of(2, 3).inserted(0, 7));
    assertEquals(Shape.of(2, 3, 7), Shape.of(2, 3).inserted(2, 7));
    assertEquals(Shape.of(7), Shape.scalar().inserted(0, 7));
  }
}
