package dev.lanewise.tensor.op;

import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.PoolKernel;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;

/**
 * What a convolution or a pool sees of an image at once, and how it moves over it: along the height
 * and along the width.
 *
 * <p>{@code Window.of(3).stride(2).pad(1)} is three by three taps, moved by two, over an image with
 * a border of one.
 *
 * @param height along the third axis of a logical NCHW
 * @param width along the fourth
 */
public record Window(Axis height, Axis width) {

  /**
   * One axis of a window.
   *
   * @param kernel the number of taps
   * @param stride places from one output to the next
   * @param dilation places from one tap to the next
   * @param padBegin places added before the image
   * @param padEnd places added after the image
   */
  public record Axis(long kernel, long stride, long dilation, long padBegin, long padEnd) {
    /** Checks that taps and steps are positive and pads are not negative. */
    public Axis {
      if (kernel < 1 || stride < 1 || dilation < 1 || padBegin < 0 || padEnd < 0) {
        throw new IllegalArgumentException(
            ("window: kernel %d, stride %d, dilation %d, pads %d and %d:"
                    + " positive ones expected, and pads of at least 0")
                .formatted(kernel, stride, dilation, padBegin, padEnd));
      }
    }

    /** This many taps, side by side, moved by one, without pads. */
    public static Axis of(long kernel) {
      return new Axis(kernel, 1, 1, 0, 0);
    }

    /** The places from the first to the last tap, both included. */
    public long span() {
      return Math.addExact(Math.multiplyExact(kernel - 1, dilation), 1);
    }

    /**
     * The number of outputs along an image of this extent; not positive where the window does not
     * fit.
     */
    public long outputs(long extent) {
      return Math.floorDiv(extent + padBegin + padEnd - span(), stride) + 1;
    }

    /** This axis with the pads that TensorFlow calls SAME, the greater one at the end. */
    private Axis same(long extent) {
      long covered = Math.addExact((Math.ceilDiv(extent, stride) - 1) * stride, span());
      long total = Math.max(covered - extent, 0);
      return new Axis(kernel, stride, dilation, total / 2, total - total / 2);
    }

    /** Whether every output has a tap inside an image of this extent. */
    private boolean meets(long extent) {
      for (long i = 0; i < outputs(extent); i++) {
        if (PoolKernel.taps(i * stride - padBegin, kernel, dilation, extent) == 0) {
          return false;
        }
      }
      return true;
    }

    private Axis stride(long other) {
      return new Axis(kernel, other, dilation, padBegin, padEnd);
    }

    private Axis dilation(long other) {
      return new Axis(kernel, stride, other, padBegin, padEnd);
    }

    private Axis pad(long begin, long end) {
      return new Axis(kernel, stride, dilation, begin, end);
    }
  }

  /** A square of taps side by side, moved by one, without pads. */
  public static Window of(long kernel) {
    return of(kernel, kernel);
  }

  /** Taps side by side, moved by one, without pads. */
  public static Window of(long kernelHeight, long kernelWidth) {
    return new Window(Axis.of(kernelHeight), Axis.of(kernelWidth));
  }

  /** This window moved by as many places along both axes. */
  public Window stride(long both) {
    return stride(both, both);
  }

  /** This window moved by these places. */
  public Window stride(long vertical, long horizontal) {
    return new Window(height.stride(vertical), width.stride(horizontal));
  }

  /** This window with its taps as many places apart along both axes. */
  public Window dilation(long both) {
    return dilation(both, both);
  }

  /** This window with its taps these places apart. */
  public Window dilation(long vertical, long horizontal) {
    return new Window(height.dilation(vertical), width.dilation(horizontal));
  }

  /** This window over an image with a border of this breadth on all sides. */
  public Window pad(long all) {
    return pad(all, all, all, all);
  }

  /** This window over an image with these borders, in ONNX's order. */
  public Window pad(long top, long left, long bottom, long right) {
    return new Window(height.pad(top, bottom), width.pad(left, right));
  }

  /**
   * This window with the pads that make as many outputs as strides fit the image, as TensorFlow and
   * Keras do for {@code padding="same"}: {@code max((ceil(extent / stride) - 1) * stride + span -
   * extent, 0)} in total, the odd one at the end.
   */
  public Window same(long imageHeight, long imageWidth) {
    return new Window(height.same(imageHeight), width.same(imageWidth));
  }

  /**
   * The output over images {@code [n, c, h, w]}.
   *
   * @throws IllegalArgumentException if the window is larger than the padded image
   */
  Shape outputs(String operator, Specs in, Shape image, long channels) {
    long outHeight = height.outputs(image.extent(2));
    long outWidth = width.outputs(image.extent(3));
    if (outHeight < 1 || outWidth < 1) {
      throw in.error(operator, "the window " + extents() + " does not fit the padded image");
    }
    return Shape.of(image.extent(0), channels, outHeight, outWidth);
  }

  /** Checks that no output of a pool sees nothing but pads. */
  void requireMeets(String operator, Specs in, Shape image) {
    if (!height.meets(image.extent(2)) || !width.meets(image.extent(3))) {
      throw in.error(operator, "a window " + extents() + " sees pads only");
    }
  }

  private String extents() {
    return height.span() + " x " + width.span();
  }

  /** The kernels' view of this window over images {@code [n, c, h, w]}. */
  ConvolutionShape over(Shape image, Shape out, long groups) {
    return new ConvolutionShape(
        image.extent(0),
        image.extent(2),
        image.extent(3),
        image.extent(1),
        out.extent(2),
        out.extent(3),
        out.extent(1),
        groups,
        height.kernel,
        width.kernel,
        height.stride,
        width.stride,
        height.dilation,
        width.dilation,
        1,
        1,
        height.padBegin,
        width.padBegin);
  }

  /** The kernels' view of this window as a pool's. */
  ConvolutionShape over(Shape image, Shape out) {
    return over(image, out, image.extent(1));
  }
}
