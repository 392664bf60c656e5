package dev.lanewise.nn.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InitializerTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private double[] filled(Initializer initializer, Shape shape) {
    Tensor target = scope.empty(DType.F64, shape);
    initializer.fill(target, new Philox(42, 1));
    return target.toDoubles();
  }

  private static double variance(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum / values.length;
  }

  private static double greatest(double[] values) {
    double greatest = 0;
    for (double value : values) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    return greatest;
  }

  @Test
  void constantsAreConstant() {
    assertArrayEquals(new double[] {0, 0}, filled(Initializer.ZEROS, Shape.of(2)));
    assertArrayEquals(new double[] {1, 1}, filled(Initializer.ONES, Shape.of(1, 2)));
    assertArrayEquals(new double[] {-3}, filled(Initializer.constant(-3), Shape.scalar()));
  }

  @Test
  void glorotAndHeHaveTheirLimits() {
    Shape dense = Shape.of(100, 60);
    double[] glorot = filled(Initializer.GLOROT_UNIFORM, dense);
    double limit = Math.sqrt(6.0 / 160);
    assertTrue(greatest(glorot) <= limit && greatest(glorot) > 0.99 * limit);
    assertEquals(2.0 / 160, variance(glorot), 0.0005);
    double[] he = filled(Initializer.HE_UNIFORM, dense);
    limit = Math.sqrt(6.0 / 100);
    assertTrue(greatest(he) <= limit && greatest(he) > 0.99 * limit);
  }

  @Test
  void fansOfAKernelCountItsTaps() {
    double[] glorot = filled(Initializer.GLOROT_UNIFORM, Shape.of(3, 3, 8, 16));
    double limit = Math.sqrt(6.0 / (9 * 8 + 9 * 16));
    assertTrue(greatest(glorot) <= limit && greatest(glorot) > 0.99 * limit);
    double[] outwards =
        filled(
            new VarianceScaling(3, VarianceScaling.Fan.OUT, VarianceScaling.Distribution.UNIFORM),
            Shape.of(50));
    assertTrue(greatest(outwards) <= 3 / Math.sqrt(50));
  }

  @Test
  void normalsAreCutOffAtTwoDeviationsAndKeepTheirVariance() {
    Shape shape = Shape.of(200, 100);
    double[] glorot = filled(Initializer.GLOROT_NORMAL, shape);
    assertEquals(2.0 / 300, variance(glorot), 0.0003);
    double limit = 2 * Math.sqrt(2.0 / 300) / 0.8796256610342398;
    assertTrue(greatest(glorot) <= limit && greatest(glorot) > 0.99 * limit);
    assertEquals(2.0 / 200, variance(filled(Initializer.HE_NORMAL, shape)), 0.0004);
  }

  @Test
  void plainDistributionsHaveTheirMoments() {
    double[] normal = filled(Initializer.normal(3, 0.5), Shape.of(10_000));
    double mean = 0;
    for (double value : normal) {
      mean += value / normal.length;
    }
    assertEquals(3, mean, 0.02);
    assertEquals(9 + 0.25, variance(normal), 0.1);
    for (double value : filled(Initializer.uniform(-0.5, 2), Shape.of(1000))) {
      assertTrue(value >= -0.5 && value < 2);
    }
  }

  @Test
  void bothTypesGetTheSameNumbers() {
    for (Initializer initializer :
        new Initializer[] {
          Initializer.GLOROT_UNIFORM, Initializer.HE_NORMAL, Initializer.ORTHOGONAL
        }) {
      Tensor single = scope.empty(DType.F32, Shape.of(7, 9));
      initializer.fill(single, new Philox(42, 1));
      double[] wide = filled(initializer, Shape.of(7, 9));
      for (int i = 0; i < wide.length; i++) {
        assertEquals(wide[i], single.toFloats()[i], 1e-6);
      }
    }
  }

  @Test
  void orthogonalVectorsAreOfOneLengthAndAtRightAngles() {
    for (Shape shape :
        new Shape[] {Shape.of(70, 280), Shape.of(50, 50), Shape.of(3, 5, 4), Shape.of(1, 1)}) {
      int columns = (int) shape.extent(-1);
      int rows = (int) shape.size() / columns;
      double[] values = filled(new Orthogonal(3), shape);
      boolean wide = rows <= columns;
      int count = Math.min(rows, columns);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j <= i; j++) {
          double product = 0;
          for (int p = 0; p < Math.max(rows, columns); p++) {
            product +=
                values[wide ? i * columns + p : p * columns + i]
                    * values[wide ? j * columns + p : p * columns + j];
          }
          assertEquals(i == j ? 9 : 0, product, 1e-12, shape + " " + i + " " + j);
        }
      }
    }
    double[] many = filled(Initializer.ORTHOGONAL, Shape.of(64, 64));
    assertEquals(1.0 / 64, variance(many), 1e-12);
    double sum = 0;
    for (double value : many) {
      sum += value;
    }
    assertEquals(0, sum / many.length, 0.01);
    assertEquals(
        "orthogonal: two axes or more expected: [3]",
        assertThrows(
                IllegalArgumentException.class, () -> filled(Initializer.ORTHOGONAL, Shape.of(3)))
            .getMessage());
    filled(Initializer.ORTHOGONAL, Shape.of(0, 3));
  }
}
