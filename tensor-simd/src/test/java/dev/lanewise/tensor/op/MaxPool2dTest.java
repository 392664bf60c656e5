package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MaxPool2dTest extends OpContract {
  private static final Window HALVING = Window.of(2).stride(2);
  private static final Window OVERLAPPING = Window.of(3).stride(2).pad(1);
  private static final Window UNEVEN = Window.of(2, 3).stride(1, 4).dilation(2, 1).pad(1, 0, 2, 2);

  @Override
  List<OpCase> cases() {
    return List.of(
        pool(MaxPool2d.of(HALVING))
            .rejects("maxPool2d: an image [n, c, h, w] expected: [2, 3]", Shape.of(2, 3))
            .rejects(
                "maxPool2d: the window 2 x 2 does not fit the padded image: [1, 1, 1, 5]",
                Shape.of(1, 1, 1, 5)),
        pool(MaxPool2d.of(OVERLAPPING)).smooth(),
        pool(MaxPool2d.of(UNEVEN)),
        pool(new MaxPool2d(HALVING, false)),
        pool(new MaxPool2d(OVERLAPPING, false)).smooth(),
        inputGrad(HALVING, 5, 7)
            .rejects(
                "maxPool2dInputGrad: positions of i32 expected, not f32:"
                    + " [1, 1, 2, 3] x [1, 1, 2, 3]",
                Shape.of(1, 1, 2, 3),
                Shape.of(1, 1, 2, 3))
            .rejects(
                "maxPool2dInputGrad: shapes of positions and gradients differ:"
                    + " i32 [1, 1, 2, 3] x f32 [1, 2, 2, 3]",
                Spec.of(DType.I32, Shape.of(1, 1, 2, 3)),
                Spec.of(DType.F32, Shape.of(1, 2, 2, 3)))
            .rejects(
                "maxPool2dInputGrad: no pool of an image of 5 x 7:"
                    + " i32 [1, 1, 3, 3] x f32 [1, 1, 3, 3]",
                Spec.of(DType.I32, Shape.of(1, 1, 3, 3)),
                Spec.of(DType.F32, Shape.of(1, 1, 3, 3))),
        inputGrad(OVERLAPPING, 4, 3).smooth(),
        inputGrad(UNEVEN, 4, 6),
        pick(HALVING, 5, 7)
            .rejects(
                "maxPool2dPick: an image [n, c, h, w] and positions of its pool expected:"
                    + " f32 [1, 2, 5, 7] x i32 [1, 1, 2, 3]",
                Spec.of(DType.F32, Shape.of(1, 2, 5, 7)),
                Spec.of(DType.I32, Shape.of(1, 1, 2, 3))),
        pick(UNEVEN, 4, 6).smooth());
  }

  private static OpCase pool(MaxPool2d op) {
    return op(op, Tolerance.EXACT, Shapes.of(Images::any), Domain.distinct())
        .oracle(
            (inputs, shapes) ->
                java.util.Arrays.copyOf(
                    greatest(op.window(), inputs[0], shapes[0]), op.positions() ? 2 : 1));
  }

  private static OpCase inputGrad(Window window, long height, long width) {
    return op(
            new MaxPool2d.InputGrad(window, height, width),
            Tolerance.sum(),
            Shapes.of(
                e -> {
                  Shape out = Images.pooled(window, Images.of(e, height, width));
                  return Shapes.tuple(out, out);
                }),
            positions(window, height, width),
            Domain.normal())
        .oracle(
            (inputs, shapes) ->
                new double[][] {scattered(inputs[0], inputs[1], shapes[0], height * width)})
        .magnitudes(
            (inputs, shapes) ->
                new double[][] {scattered(inputs[0], abs(inputs[1]), shapes[0], height * width)});
  }

  private static OpCase pick(Window window, long height, long width) {
    return op(
            new MaxPool2d.Pick(window),
            Tolerance.EXACT,
            Shapes.of(
                e -> {
                  Shape image = Images.of(e, height, width);
                  return Shapes.tuple(image, Images.pooled(window, image));
                }),
            Domain.normal(),
            positions(window, height, width))
        .oracle(
            (inputs, shapes) ->
                new double[][] {picked(inputs[0], inputs[1], shapes[1], height * width)});
  }

  private static double[] abs(double[] values) {
    return java.util.Arrays.stream(values).map(Math::abs).toArray();
  }

  /** For every window some place inside the image. */
  private static Domain positions(Window window, long height, long width) {
    return Domain.of(
        DType.I32,
        (random, shapes, input, values) -> {
          Shape out = shapes[input];
          for (int i = 0; i < values.length; i++) {
            long ow = i % out.extent(3);
            long oh = i / out.extent(3) % out.extent(2);
            values[i] =
                inside(random, window.height(), oh, height) * width
                    + inside(random, window.width(), ow, width);
          }
        });
  }

  private static long inside(SplittableRandom random, Window.Axis axis, long out, long extent) {
    while (true) {
      long tap = random.nextLong(axis.kernel());
      long at = out * axis.stride() + tap * axis.dilation() - axis.padBegin();
      if (at >= 0 && at < extent) {
        return at;
      }
    }
  }

  private static double[][] greatest(Window window, double[] x, Shape image) {
    double[] best = new double[Images.size(Images.pooled(window, image))];
    double[] positions = new double[best.length];
    java.util.Arrays.fill(positions, -1);
    Images.visit(
        window,
        image,
        (place, out) -> {
          double value = x[place];
          boolean first = positions[out] < 0;
          if (first || (!Double.isNaN(best[out]) && (value > best[out] || Double.isNaN(value)))) {
            best[out] = value;
            positions[out] = place % (image.extent(2) * image.extent(3));
          }
        });
    return new double[][] {best, positions};
  }

  private static double[] scattered(
      double[] positions, double[] grad, Shape out, long pixelsOfImage) {
    int pixels = (int) pixelsOfImage;
    double[] sums = new double[(int) (out.extent(0) * out.extent(1)) * pixels];
    int outputs = (int) (out.extent(2) * out.extent(3));
    for (int i = 0; i < grad.length; i++) {
      sums[i / outputs * pixels + (int) positions[i]] += grad[i];
    }
    return sums;
  }

  private static double[] picked(double[] x, double[] positions, Shape out, long pixelsOfImage) {
    int pixels = (int) pixelsOfImage;
    int outputs = (int) (out.extent(2) * out.extent(3));
    double[] picked = new double[positions.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = x[i / outputs * pixels + (int) positions[i]];
    }
    return picked;
  }

  @Test
  void refusesWindowsThatSeePadsOnlyAndImagesOfTooManyPixels() {
    assertEquals(
        "maxPool2d: a window 2 x 2 sees pads only: [1, 1, 4, 4]",
        message(MaxPool2d.of(HALVING.pad(2)), Shape.of(1, 1, 4, 4)));
    assertEquals(
        "maxPool2d: positions among 4294967296 pixels do not fit i32: [1, 1, 65536, 65536]",
        message(MaxPool2d.of(HALVING), Shape.of(1, 1, 1 << 16, 1 << 16)));
  }

  private static String message(MaxPool2d pool, Shape image) {
    Specs in = Specs.of(DType.F32, image);
    return assertThrows(IllegalArgumentException.class, () -> pool.infer(in)).getMessage();
  }

  @Test
  void ofEqualsTheFirstTakesTheGradientAndOfNansToo() {
    try (Scope scope = Scope.open("ties")) {
      for (int channels : new int[] {1, 32}) {
        Shape shape = Shape.of(1, channels, 2, 4);
        Tensor x = scope.empty(DType.F32, shape);
        for (int c = 0; c < channels; c++) {
          double[] plane = {1, 3, 2, Double.NaN, 3, 3, Double.NaN, 9};
          for (int i = 0; i < plane.length; i++) {
            x.set(plane[i], 0, c, i / 4, i % 4);
          }
        }
        Tensor leaf = x.tracked();
        Tensor[] outputs = MaxPool2d.of(HALVING).applyAll(leaf);
        assertEquals(3, outputs[0].value(0, channels - 1, 0, 0));
        assertEquals(Double.NaN, outputs[0].value(0, channels - 1, 0, 1));
        assertEquals(1, outputs[1].longValue(0, channels - 1, 0, 0));
        assertEquals(3, outputs[1].longValue(0, channels - 1, 0, 1));
        Tensor grad = Gradients.of(outputs[0].sum()).get(leaf).slice(1, channels - 1, channels);
        assertArrayEquals(new float[] {0, 1, 0, 1, 0, 0, 0, 0}, grad.copyTo(scope).toFloats());
      }
    }
  }
}
