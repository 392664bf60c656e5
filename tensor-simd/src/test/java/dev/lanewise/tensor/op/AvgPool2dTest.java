package dev.lanewise.tensor.op;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;

final class AvgPool2dTest extends OpContract {
  private static final Window HALVING = Window.of(2).stride(2);
  private static final Window OVERLAPPING = Window.of(3).stride(2).pad(1);
  private static final Window UNEVEN = Window.of(2, 3).stride(1, 4).dilation(2, 1).pad(1, 0, 2, 2);

  @Override
  List<OpCase> cases() {
    return List.of(
        pool(HALVING, false)
            .rejects("avgPool2d: an image [n, c, h, w] expected: [2, 3]", Shape.of(2, 3))
            .rejects(
                "avgPool2d: the window 2 x 2 does not fit the padded image: [1, 1, 1, 5]",
                Shape.of(1, 1, 1, 5)),
        pool(OVERLAPPING, false).smooth(),
        pool(OVERLAPPING, true),
        pool(UNEVEN, false),
        inputGrad(HALVING, false, 5, 7)
            .rejects(
                "avgPool2dInputGrad: no pool of an image of 5 x 7: [1, 1, 3, 3]",
                Shape.of(1, 1, 3, 3)),
        inputGrad(OVERLAPPING, false, 4, 3),
        inputGrad(OVERLAPPING, true, 4, 3).smooth(),
        inputGrad(UNEVEN, true, 4, 6));
  }

  private static OpCase pool(Window window, boolean countPads) {
    return op(
            new AvgPool2d(window, countPads),
            Tolerance.sum(),
            Shapes.of(Images::any),
            Domain.normal())
        .oracle((inputs, shapes) -> new double[][] {mean(window, countPads, inputs[0], shapes[0])});
  }

  private static OpCase inputGrad(Window window, boolean countPads, long height, long width) {
    return op(
            new AvgPool2d.InputGrad(window, countPads, height, width),
            Tolerance.sum(),
            Shapes.of(e -> Shapes.tuple(Images.pooled(window, Images.of(e, height, width)))),
            Domain.normal())
        .oracle(
            (inputs, shapes) -> {
              Shape out = shapes[0];
              Shape image = Shape.of(out.extent(0), out.extent(1), height, width);
              return new double[][] {shared(window, countPads, inputs[0], image)};
            });
  }

  private static double[] mean(Window window, boolean countPads, double[] x, Shape image) {
    double[] places = places(window, countPads, image);
    double[] mean = new double[places.length];
    Images.visit(window, image, (place, out) -> mean[out] += x[place]);
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= places[i];
    }
    return mean;
  }

  private static double[] shared(Window window, boolean countPads, double[] grad, Shape image) {
    double[] places = places(window, countPads, image);
    double[] shared = new double[Images.size(image)];
    Images.visit(window, image, (place, out) -> shared[place] += grad[out] / places[out]);
    return shared;
  }

  private static double[] places(Window window, boolean countPads, Shape image) {
    double[] places = new double[Images.size(Images.pooled(window, image))];
    if (countPads) {
      java.util.Arrays.fill(places, (double) (window.height().kernel() * window.width().kernel()));
    } else {
      Images.visit(window, image, (place, out) -> places[out]++);
    }
    return places;
  }
}
