package dev.lanewise.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a convolution with spread pixels that is a plain convolution: those output pixels that
 * meet image pixels, rather than gaps, at the same taps.
 *
 * <p>With a spread of 2 in each direction there are four phases, each with about a quarter of the
 * taps: three quarters of the terms of a naive transposed convolution are gaps. A plain convolution
 * has one phase, itself.
 *
 * @param shape the plain convolution; its kernel may be empty
 * @param rows its taps and output pixels along the height
 * @param columns its taps and output pixels along the width
 * @param parts of its output, in the order in which they are computed
 */
public record ConvolutionPhase(ConvolutionShape shape, Axis rows, Axis columns, List<Part> parts) {

  /**
   * Output pixels of a phase that meet the image with the same taps; one part is the whole phase
   * unless it {@linkplain ConvolutionShape#skipsLines skips} the others.
   *
   * @param shape a plain convolution with these taps
   * @param rows its taps and output pixels along the height
   * @param columns its taps and output pixels along the width
   * @param line the phase's kernel line that is this one's first
   * @param tap the tap of each line that is this one's first
   */
  public record Part(ConvolutionShape shape, Axis rows, Axis columns, long line, long tap) {}

  /**
   * The part of one axis that belongs to a phase: taps {@code tap, tap + tapStep, ...} and output
   * places {@code out, out + outStep, ...} of the whole.
   */
  public record Axis(
      long tap,
      long tapStep,
      long taps,
      long out,
      long outStep,
      long outExtent,
      long stride,
      long dilation,
      long pad) {

    /**
     * Output place {@code o} reads place {@code o * stride + t * dilation - pad} at tap {@code t},
     * which is a pixel if {@code spread} divides it.
     */
    private static List<Axis> of(
        long outExtent, long taps, long stride, long dilation, long spread, long pad) {
      List<Axis> axes = new ArrayList<>();
      long outStep = spread / gcd(stride, spread);
      long tapStep = spread / gcd(dilation, spread);
      for (long out = 0; out < Math.min(outStep, outExtent); out++) {
        long tap = 0;
        while (tap < taps && Math.floorMod(out * stride + tap * dilation - pad, spread) != 0) {
          tap++;
        }
        axes.add(
            new Axis(
                tap,
                tapStep,
                Math.ceilDiv(taps - tap, tapStep),
                out,
                outStep,
                Math.ceilDiv(outExtent - out, outStep),
                outStep * stride / spread,
                tapStep * dilation / spread,
                Math.floorDiv(pad - out * stride - tap * dilation, spread)));
      }
      return axes;
    }

    /** The axis in pieces whose output places all meet an image of {@code extent} at their taps. */
    private List<Axis> cut(long extent) {
      List<Axis> pieces = new ArrayList<>();
      for (long from = 0; from < outExtent; ) {
        long first = first(from);
        long end = end(from, extent);
        long to = from + 1;
        while (to < outExtent && first(to) == first && end(to, extent) == end) {
          to++;
        }
        pieces.add(
            new Axis(
                tap + first * tapStep,
                tapStep,
                end - first,
                out + from * outStep,
                outStep,
                to - from,
                stride,
                dilation,
                pad - from * stride - first * dilation));
        from = to;
      }
      return pieces;
    }

    private long first(long place) {
      return ConvolutionShape.firstTap(place * stride - pad, taps, dilation);
    }

    private long end(long place, long extent) {
      return ConvolutionShape.endTap(place * stride - pad, extent, taps, dilation);
    }

    private static long gcd(long a, long b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }

  /** The phases of a convolution: every output pixel belongs to one. */
  public static List<ConvolutionPhase> of(ConvolutionShape whole) {
    List<ConvolutionPhase> phases = new ArrayList<>();
    List<Axis> columnAxes =
        Axis.of(
            whole.outWidth(),
            whole.kernelWidth(),
            whole.strideWidth(),
            whole.dilationWidth(),
            whole.spreadWidth(),
            whole.padLeft());
    for (Axis rows :
        Axis.of(
            whole.outHeight(),
            whole.kernelHeight(),
            whole.strideHeight(),
            whole.dilationHeight(),
            whole.spreadHeight(),
            whole.padTop())) {
      for (Axis columns : columnAxes) {
        ConvolutionShape shape = shape(whole, rows, columns);
        phases.add(new ConvolutionPhase(shape, rows, columns, parts(shape, rows, columns)));
      }
    }
    return List.copyOf(phases);
  }

  private static List<Part> parts(ConvolutionShape phase, Axis rows, Axis columns) {
    List<Axis> lines = phase.skipsLines() ? rows.cut(phase.height()) : List.of(rows);
    List<Axis> taps = phase.skipsColumns() ? columns.cut(phase.width()) : List.of(columns);
    List<Part> parts = new ArrayList<>();
    for (Axis height : lines) {
      for (Axis width : taps) {
        parts.add(
            new Part(
                shape(phase, height, width),
                height,
                width,
                (height.tap - rows.tap) / rows.tapStep,
                (width.tap - columns.tap) / columns.tapStep));
      }
    }
    return List.copyOf(parts);
  }

  private static ConvolutionShape shape(ConvolutionShape whole, Axis rows, Axis columns) {
    return new ConvolutionShape(
        whole.batch(),
        whole.height(),
        whole.width(),
        whole.channels(),
        rows.outExtent(),
        columns.outExtent(),
        whole.outChannels(),
        whole.groups(),
        rows.taps(),
        columns.taps(),
        rows.stride(),
        columns.stride(),
        rows.dilation(),
        columns.dilation(),
        1,
        1,
        rows.pad(),
        columns.pad());
  }
}
