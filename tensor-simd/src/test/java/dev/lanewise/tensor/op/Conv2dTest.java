package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class Conv2dTest extends OpContract {
  private static final Window SAME = Window.of(3).pad(1);
  private static final Window HALVING = Window.of(3, 2).stride(2).pad(0, 1, 1, 0);
  private static final Window DILATED = Window.of(2, 3).stride(1, 3).dilation(2, 1).pad(1, 0, 2, 2);
  private static final Window POINT = Window.of(1);

  @Override
  List<OpCase> cases() {
    return List.of(
        convolution(Conv2d.of(SAME), true)
            .smooth()
            .rejects(
                "conv2d: an image [n, c, h, w] and weights [oc, c / groups, kh, kw] expected:"
                    + " [3, 5, 5] x [4, 3, 3, 3]",
                Shape.of(3, 5, 5),
                Shape.of(4, 3, 3, 3))
            .rejects(
                "conv2d: weights [4, 2, 3, 3] expected: [1, 2, 5, 5] x [4, 3, 3, 3]",
                Shape.of(1, 2, 5, 5),
                Shape.of(4, 3, 3, 3))
            .rejects(
                "conv2d: a bias [4] expected: [1, 2, 5, 5] x [4, 2, 3, 3] x [3]",
                Shape.of(1, 2, 5, 5),
                Shape.of(4, 2, 3, 3),
                Shape.of(3)),
        convolution(Conv2d.of(SAME).withRelu(), true),
        convolution(Conv2d.of(HALVING), false)
            .rejects(
                "conv2d: the window 3 x 2 does not fit the padded image:"
                    + " [1, 1, 1, 5] x [1, 1, 3, 2]",
                Shape.of(1, 1, 1, 5),
                Shape.of(1, 1, 3, 2)),
        convolution(Conv2d.of(DILATED).groups(2), true)
            .rejects(
                "conv2d: 2 groups do not divide 3 and 4 channels: [1, 3, 5, 5] x [4, 1, 2, 3]",
                Shape.of(1, 3, 5, 5),
                Shape.of(4, 1, 2, 3)),
        convolution(Conv2d.of(SAME).groups(17), false),
        convolution(Conv2d.of(POINT), true),
        inputGrad(SAME, 1, 3, 4)
            .rejects(
                "conv2dInputGrad: a gradient [1, 2, 3, 4] expected: [2, 1, 3, 3] x [1, 2, 3, 3]",
                Shape.of(2, 1, 3, 3),
                Shape.of(1, 2, 3, 3)),
        inputGrad(HALVING, 2, 5, 4).smooth(),
        inputGrad(DILATED, 1, 3, 6),
        weightGrad(SAME, 1, 3, 4)
            .rejects(
                "conv2dWeightGrad: a gradient [1, 2, 3, 4] expected: [1, 1, 3, 4] x [1, 2, 3, 3]",
                Shape.of(1, 1, 3, 4),
                Shape.of(1, 2, 3, 3)),
        weightGrad(HALVING, 2, 5, 4).smooth(),
        weightGrad(DILATED, 1, 3, 6));
  }

  private static OpCase convolution(Conv2d op, boolean bias) {
    long groups = op.groups();
    Shapes shapes =
        Shapes.of(
            e -> {
              long channels = groups * outer(e, groups);
              long outChannels = groups * outer(e, groups);
              Shape image = Shape.of(e.next(), channels, 2 + e.positive(), 1 + e.positive());
              return withBias(image, weights(op, channels, outChannels), bias);
            });
    Shape[] large = {
      Shape.of(3, 2 * groups, 30, 30), weights(op, 2 * groups, groups > 2 ? groups * 2 : 64)
    };
    Domain[] domains = new Domain[bias ? 3 : 2];
    java.util.Arrays.fill(domains, Domain.normal());
    return op(op, Tolerance.sum(), shapes.large(withBias(large[0], large[1], bias)), domains)
        .oracle((inputs, of) -> new double[][] {convolved(op, inputs, of)})
        .variadic();
  }

  /** Channels of a group: many where there is one group, few where there are many. */
  private static long outer(Extents e, long groups) {
    return groups > 2 ? e.of(1, 2, 0) : e.of(3, 0, 1, 4, 5, 8, 9, 17);
  }

  private static Shape weights(Conv2d op, long channels, long outChannels) {
    Window window = op.window();
    return Shape.of(
        outChannels, channels / op.groups(), window.height().kernel(), window.width().kernel());
  }

  private static Shape[] withBias(Shape image, Shape weights, boolean bias) {
    return bias
        ? Shapes.tuple(image, weights, Shape.of(weights.extent(0)))
        : Shapes.tuple(image, weights);
  }

  private static OpCase inputGrad(Window window, long groups, long height, long width) {
    Conv2d conv = Conv2d.of(window).groups(groups);
    return op(
            new Conv2d.InputGrad(window, groups, height, width),
            Tolerance.sum(),
            gradients(conv, height, width, true),
            Domain.normal(),
            Domain.normal())
        .oracle(
            (inputs, of) -> {
              Shape grad = of[1];
              Shape image = Shape.of(grad.extent(0), of[0].extent(1) * groups, height, width);
              double[] sums = new double[Images.size(image)];
              visit(
                  conv,
                  image,
                  of[0],
                  (place, weight, out) -> {
                    if (place != PAD) {
                      sums[place] += inputs[0][weight] * inputs[1][out];
                    }
                  });
              return new double[][] {sums};
            })
        .finiteOnly("a pad of the gradient times an infinite weight may be NaN or take no part");
  }

  private static OpCase weightGrad(Window window, long groups, long height, long width) {
    Conv2d conv = Conv2d.of(window).groups(groups);
    return op(
            new Conv2d.WeightGrad(window, groups),
            Tolerance.sum(),
            gradients(conv, height, width, false),
            Domain.normal(),
            Domain.normal())
        .oracle(
            (inputs, of) -> {
              Shape weights = weights(conv, of[0].extent(1), of[1].extent(1));
              double[] sums = new double[Images.size(weights)];
              visit(
                  conv,
                  of[0],
                  weights,
                  (place, weight, out) -> sums[weight] += at(inputs[0], place) * inputs[1][out]);
              return new double[][] {sums};
            });
  }

  /** Weights or an image, and the gradient of the output. */
  private static Shapes gradients(Conv2d conv, long height, long width, boolean weights) {
    return Shapes.of(
            e -> {
              long channels = conv.groups() * outer(e, conv.groups());
              long outChannels = conv.groups() * outer(e, conv.groups());
              Shape image = Shape.of(e.next(), channels, height, width);
              return gradients(conv, image, outChannels, weights);
            })
        .large(
            gradients(
                conv,
                Shape.of(300, 8 * conv.groups(), height, width),
                32 * conv.groups(),
                weights));
  }

  private static Shape[] gradients(Conv2d conv, Shape image, long outChannels, boolean weights) {
    Shape out = Images.pooled(conv.window(), image).with(1, outChannels);
    return Shapes.tuple(weights ? weights(conv, image.extent(1), outChannels) : image, out);
  }

  private static double[] convolved(Conv2d op, double[][] inputs, Shape[] of) {
    Shape out = Images.pooled(op.window(), of[0]).with(1, of[1].extent(0));
    double[] sums = new double[Images.size(out)];
    visit(
        op,
        of[0],
        of[1],
        (place, weight, number) -> sums[number] += at(inputs[0], place) * inputs[1][weight]);
    int pixels = (int) (out.extent(2) * out.extent(3));
    for (int i = 0; i < sums.length; i++) {
      if (of.length == 3) {
        sums[i] += inputs[2][i / pixels % (int) out.extent(1)];
      }
      sums[i] = op.relu() ? Math.max(sums[i], 0) : sums[i];
    }
    return sums;
  }

  /** The number of every place outside the image. */
  private static final int PAD = -1;

  /** A pad takes part as zero: times infinity it is NaN. */
  private static double at(double[] image, int place) {
    return place == PAD ? 0 : image[place];
  }

  /** One product of a convolution. */
  @FunctionalInterface
  private interface Visitor {
    /** Row-major numbers of an element of the image, a weight and an output. */
    void visit(int place, int weight, int out);
  }

  /** Visits all products, {@code (n, o, oh, ow)} outermost, {@code (c, kh, kw)} innermost. */
  private static void visit(Conv2d op, Shape image, Shape weights, Visitor visitor) {
    Window window = op.window();
    Shape out = Images.pooled(window, image).with(1, weights.extent(0));
    int taps = (int) (weights.extent(2) * weights.extent(3));
    int channels = (int) image.extent(1);
    int groupChannels = (int) weights.extent(1);
    int groupOutChannels = (int) (weights.extent(0) / op.groups());
    int height = (int) image.extent(2);
    int width = (int) image.extent(3);
    for (int number = 0; number < out.size(); number++) {
      int ow = number % (int) out.extent(3);
      int oh = number / (int) out.extent(3) % (int) out.extent(2);
      int plane = number / (int) (out.extent(2) * out.extent(3));
      int o = plane % (int) out.extent(1);
      int n = plane / (int) out.extent(1);
      for (int c = 0; c < groupChannels; c++) {
        int channel = o / groupOutChannels * groupChannels + c;
        for (int tap = 0; tap < taps; tap++) {
          int h = Images.at(window.height(), oh, tap / (int) weights.extent(3));
          int w = Images.at(window.width(), ow, tap % (int) weights.extent(3));
          boolean inside = h >= 0 && h < height && w >= 0 && w < width;
          int place = inside ? ((n * channels + channel) * height + h) * width + w : PAD;
          visitor.visit(place, (o * groupChannels + c) * taps + tap, number);
        }
      }
    }
  }

  @Test
  void refusesToHaveNoGroups() {
    assertEquals(
        "conv2d: at least one group expected, not 0",
        assertThrows(IllegalArgumentException.class, () -> Conv2d.of(POINT).groups(0))
            .getMessage());
  }
}
