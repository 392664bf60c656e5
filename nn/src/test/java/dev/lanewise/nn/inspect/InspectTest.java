package dev.lanewise.nn.inspect;

import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.Model;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.GlobalAveragePooling2D;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.weight.L2;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Models whose gradients are known in closed form, in f64. */
class InspectTest {
  private static final double CLOSE = 1e-12;

  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor tensor(Shape shape, double... values) {
    return scope.tensor(shape, values);
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** {@code W x} with {@code W} of three classes, with a softmax behind it or without. */
  private Model linear(Activation activation) {
    Model model =
        Sequential.of(Input.of(2), Dense.of(3).activation(activation)).dtype(DType.F64).build();
    model.parameter("dense.kernel").assign(tensor(Shape.of(2, 3), 1, 2, 3, -4, 5, -6));
    return model;
  }

  /** {@code (sum of w x^2)} for two classes with weights of ones and of {@code 1, 3}. */
  private Model quadratic() {
    Activation square = Tensor::square;
    Model model =
        Sequential.of(Input.of(2), square, Dense.of(2).useBias(false)).dtype(DType.F64).build();
    model.parameter("dense.kernel").assign(tensor(Shape.of(2, 2), 1, 1, 1, 3));
    return model;
  }

  @Test
  void theSaliencyOfALinearModelIsItsWeights() {
    Tensor x = tensor(Shape.of(2, 2), 7, 8, -9, 10);
    for (Activation activation : List.of(Activation.LINEAR, SOFTMAX)) {
      try (Model model = linear(activation)) {
        double[] each = Saliency.gradient(model, x, 1, 2).toDoubles();
        assertArrayEquals(new double[] {2, 5, 3, -6}, each, CLOSE);
        double[] same = Saliency.gradient(model, x, 0).toDoubles();
        assertArrayEquals(new double[] {1, -4, 1, -4}, same, CLOSE);
      }
    }
    assertFalse(x.isTracked());
  }

  @Test
  void theSaliencyOfASquareIsTwiceTheInput() {
    try (Model model = quadratic()) {
      Tensor x = tensor(Shape.of(1, 2), 5, -2);
      assertArrayEquals(new double[] {10, -12}, Saliency.gradient(model, x, 1).toDoubles(), CLOSE);
    }
  }

  @Test
  void aSaliencyMapHasTheGreatestMagnitudeOfTheChannels() {
    try (Model model =
        Sequential.of(Input.of(1, 2, 2), Flatten.of(), Dense.of(1)).dtype(DType.F64).build()) {
      model.parameter("dense.kernel").assign(tensor(Shape.of(4, 1), 1, -3, 2, 0));
      Tensor map = Saliency.maps(model, scope.zeros(DType.F64, Shape.of(1, 1, 2, 2)), 0);
      assertEquals(Shape.of(1, 1, 2), map.shape());
      assertArrayEquals(new double[] {3, 2}, map.toDoubles());
    }
  }

  /** One step in the middle is exact where the slope grows evenly. */
  @Test
  void integratedGradientsOfASquareAreKnown() {
    try (Model model = quadratic()) {
      Tensor x = tensor(Shape.of(1, 2), 5, -2);
      Tensor baseline = tensor(Shape.of(1, 2), 1, 4);
      Attribution found = IntegratedGradients.of().steps(1).of(model, x, baseline, 1);
      assertArrayEquals(new double[] {24, 3 * (4 - 16)}, found.values().toDoubles(), CLOSE);
      assertEquals(24 - 36, found.rises().getFirst(), CLOSE);
      assertArrayEquals(new double[] {0}, found.gaps(), CLOSE);
      double[] fromZero = IntegratedGradients.of().of(model, x, 0).values().toDoubles();
      assertArrayEquals(new double[] {25, 4}, fromZero, 1e-9);
    }
  }

  /** Completeness: the gap falls with the square of the steps, whatever the function. */
  @Test
  void integratedGradientsAddUpToTheRiseOfTheScore() {
    Activation curve = x -> x.tanh().mul(x.sigmoid());
    try (Model model =
        Sequential.of(Input.of(6), Dense.of(8).activation(curve), Dense.of(4).activation(SOFTMAX))
            .dtype(DType.F64)
            .seed(3)
            .build()) {
      Tensor x = scope.normal(DType.F64, Shape.of(5, 6));
      int[] classes = {0, 1, 2, 3, 1};
      double[] coarse = IntegratedGradients.of().steps(10).of(model, x, classes).gaps();
      double[] fine = IntegratedGradients.of().steps(100).of(model, x, classes).gaps();
      for (int i = 0; i < classes.length; i++) {
        assertTrue(Math.abs(fine[i]) < 1e-4, "gap " + fine[i]);
        assertTrue(Math.abs(fine[i]) < Math.abs(coarse[i]) / 50, coarse[i] + " then " + fine[i]);
      }
    }
  }

  /** Two channels {@code 2x} and {@code -x}, whose means count {@code w}: a map of {@code x}. */
  @Test
  void gradCamOfAMeanIsKnown() {
    try (Model model =
        Sequential.of(
                Input.of(2, 2, 1),
                Conv2D.of(2, 1).named("maps"),
                GlobalAveragePooling2D.of(),
                Dense.of(2).activation(SOFTMAX))
            .dtype(DType.F64)
            .build()) {
      model
          .parameter("maps.kernel")
          .assign(tensor(model.parameter("maps.kernel").tensor().shape(), 2, -1));
      model.parameter("dense.kernel").assign(tensor(Shape.of(2, 2), 1, 0, 0, 3));
      Tensor x = tensor(Shape.of(1, 2, 2, 1), 1, -2, 3, 4);
      Tensor first = GradCam.of("maps").maps(model, x, 0);
      assertEquals(Shape.of(1, 2, 2), first.shape());
      assertArrayEquals(new double[] {0.5, 0, 1.5, 2}, first.toDoubles(), CLOSE);
      double[] second = GradCam.of("maps").maps(model, x, 1).toDoubles();
      assertArrayEquals(new double[] {0, 1.5, 0, 0}, second, CLOSE);
      refuses(
          "gradCam: no layer 'conv' among [maps, global_average_pooling2d, dense]",
          () -> GradCam.of("conv").maps(model, x, 0));
      refuses(
          "gradCam: layer 'dense' has no channels in places: output f64 [1, 2]",
          () -> GradCam.of("dense").maps(model, x, 0));
    }
  }

  /**
   * {@code y = w x + b}: the mean squared error has the slopes {@code 2 mean(d x)}, {@code 2 mean
   * d}.
   */
  @Test
  void theGradientsOfALineAreKnown() {
    try (Model model = Sequential.of(Input.of(2), Dense.of(1)).dtype(DType.F64).build()) {
      model.parameter("dense.kernel").assign(tensor(Shape.of(2, 1), 3, -4));
      Tensor x = tensor(Shape.of(2, 2), 1, 0, 0, 1);
      Tensor labels = tensor(Shape.of(2, 1), 0, -1);
      List<GradientStatistics> found =
          GradientStatistics.of(model, MeanSquaredError.of(), x, labels);
      assertEquals(
          List.of("dense.kernel", "dense.bias"),
          found.stream().map(GradientStatistics::name).toList());
      GradientStatistics kernel = found.getFirst();
      assertEquals(5, kernel.weight().norm(), CLOSE);
      assertEquals(-0.5, kernel.weight().mean(), CLOSE);
      assertEquals(4, kernel.weight().magnitude());
      assertEquals(Math.sqrt(18), kernel.gradient().norm(), CLOSE);
      assertEquals(3, kernel.gradient().max(), CLOSE);
      assertEquals(-3, kernel.gradient().min(), CLOSE);
      assertEquals(Math.sqrt(18) / 5, kernel.ratio(), CLOSE);
      assertEquals(0, found.getLast().gradient().norm(), CLOSE);
    }
  }

  @Test
  void penaltiesCountAndFrozenWeightsDoNot() {
    try (Model model =
        Sequential.of(Input.of(1), Dense.of(1).kernelRegularizer(L2.of(0.5)))
            .dtype(DType.F64)
            .build()) {
      model.parameter("dense.kernel").assign(tensor(Shape.of(1, 1), 3));
      model.freeze("dense.bias", true);
      Tensor zero = tensor(Shape.of(1, 1), 0);
      List<GradientStatistics> found =
          GradientStatistics.of(model, MeanSquaredError.of(), zero, zero);
      assertEquals(1, found.size());
      assertEquals(3, found.getFirst().gradient().norm(), CLOSE);
      model.freeze("dense.kernel", true);
      assertEquals(List.of(), GradientStatistics.of(model, MeanSquaredError.of(), zero, zero));
    }
  }

  @Test
  void whatDoesNotFitIsNamed() {
    try (Model model = linear(SOFTMAX)) {
      Tensor x = tensor(Shape.of(2, 2), 1, 2, 3, 4);
      refuses(
          "saliency: no class 3: prediction [2, 3], classes [3]",
          () -> Saliency.gradient(model, x, 3));
      refuses(
          "saliency: 3 classes for 2 samples: one for each or one for all: prediction [2, 3]",
          () -> Saliency.gradient(model, x, 0, 1, 2));
      refuses(
          "saliency: images of [samples, height, width, channels] expected: f64 [2, 2]",
          () -> Saliency.maps(model, x, 0));
      refuses(
          "integratedGradients: at least one step, not 0", () -> IntegratedGradients.of().steps(0));
      refuses(
          "integratedGradients: a baseline of the samples' type and shape expected: f64 [2, 2] x"
              + " f64 [1, 2]",
          () -> IntegratedGradients.of().of(model, x, x.slice(0, 0, 1), 0));
    }
    try (Model model = Sequential.of(Input.of(2, 2), Dense.of(1)).dtype(DType.F64).build()) {
      refuses(
          "gradCam: predictions of [samples, classes] expected: f64 [1, 2, 1]",
          () -> GradCam.of("dense").maps(model, scope.zeros(DType.F64, Shape.of(1, 2, 2)), 0));
    }
  }
}
