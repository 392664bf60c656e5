package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.HeapMeter;
import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.Lane;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.autograd.Gradients;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InPlaceTest {
  /** A rule of three functions over parts, blocks and what is left of one. */
  private static void momentum(Tensor w, Tensor m, Tensor g) {
    new InPlace()
        .zip(Lane.ADD_SCALED, m, g, 0.9, 0.1)
        .map(Lane.SCALE, m, 0.5, -0.0)
        .ternary(Lane.MUL_ADD, w, m, g, 0, 0)
        .run();
  }

  private static float[][] tensors(Engine engine, Shape shape, boolean permuted) {
    Scope.Options options = Scope.Options.standard().engine(engine);
    try (Scope scope = Scope.open("test", options)) {
      Tensor w = scope.uniform(shape);
      Tensor m = scope.uniform(shape);
      Tensor g = scope.uniform(shape);
      if (permuted) {
        Tensor other = g.permute(1, 0).copyTo(scope).permute(1, 0);
        assertArrayEquals(g.toFloats(), other.toFloats());
        g = other;
      }
      momentum(w, m, g);
      return new float[][] {w.toFloats(), m.toFloats(), g.toFloats()};
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 4_096, 5_000, 70_001, 200_000})
  void equalsTheFunctionsOneByOne(int size) {
    Engine one = Engine.of(CpuProfile.detected(), Workers.of(1));
    try (Workers workers = Workers.of(2);
        Scope scope = Scope.open("test")) {
      float[][] all = tensors(one, Shape.of(size), false);
      float[][] shared = tensors(one.workers(workers), Shape.of(size), false);
      Tensor w = scope.uniform(Shape.of(size));
      Tensor m = scope.uniform(Shape.of(size));
      Tensor g = scope.uniform(Shape.of(size));
      new InPlace().zip(Lane.ADD_SCALED, m, g, 0.9, 0.1).run();
      new InPlace().map(Lane.SCALE, m, 0.5, -0.0).run();
      new InPlace().ternary(Lane.MUL_ADD, w, m, g, 0, 0).run();
      assertArrayEquals(w.toFloats(), all[0]);
      assertArrayEquals(m.toFloats(), all[1]);
      assertArrayEquals(g.toFloats(), all[2]);
      for (int i = 0; i < all.length; i++) {
        assertArrayEquals(all[i], shared[i]);
      }
    }
  }

  @Test
  void takesOperandsOfAnyLayout() {
    Engine one = Engine.of(CpuProfile.detected(), Workers.of(1));
    Shape shape = Shape.of(37, 301);
    float[][] expected = tensors(one, shape, false);
    float[][] actual = tensors(one, shape, true);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual[i]);
    }
  }

  @Test
  void refusesOtherShapesAndTypes() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.zeros(DType.F32, Shape.of(2));
      Tensor longer = scope.zeros(DType.F32, Shape.of(3));
      Tensor wider = scope.zeros(DType.F64, Shape.of(2));
      InPlace update = new InPlace();
      assertEquals(
          "inPlace: types or shapes differ: f32 [2] x f32 [3]",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> update.zip(Lane.ADD_SCALED, x, longer, 1, 1))
              .getMessage());
      assertEquals(
          "inPlace: types or shapes differ: f32 [2] x f64 [2]",
          assertThrows(
                  IllegalArgumentException.class, () -> update.zip(Lane.ADD_SCALED, x, wider, 1, 1))
              .getMessage());
    }
  }

  @Test
  void backwardOfWhatWasOverwrittenThrows() {
    try (Scope scope = Scope.open("test")) {
      Tensor x = scope.full(DType.F32, Shape.of(2), 1);
      Tensor y = scope.full(DType.F32, Shape.of(2), 1);
      Tensor leaf = scope.full(DType.F32, Shape.of(2), 1).tracked();
      Tensor needsX = leaf.mul(x).sum();
      Tensor needsY = leaf.mul(y).sum();
      new InPlace().zip(Lane.ADD_SCALED, x, y, 1, 1).run();
      assertThrows(IllegalStateException.class, () -> Gradients.of(needsX));
      assertArrayEquals(new float[] {1, 1}, Gradients.of(needsY).get(leaf).toFloats());
    }
  }

  @Test
  @Tag("warm")
  void blocksAllocateNothing() {
    Engine one = Engine.of(CpuProfile.detected(), Workers.of(1));
    try (Scope scope = Scope.open("test", Scope.Options.standard().engine(one))) {
      Tensor w = scope.uniform(Shape.of(40, 1000));
      Tensor m = scope.uniform(Shape.of(40, 1000));
      Tensor g = scope.uniform(Shape.of(40, 1000));
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 2_000 && least > 16_384; i++) {
        least = Math.min(least, HeapMeter.allocated(() -> momentum(w, m, g)));
      }
      // Ten blocks of three kernels: were every vector an object, they would be 240 KB at least.
      long bytes = least;
      assertTrue(least <= 16_384, () -> bytes + " bytes");
    }
  }
}
