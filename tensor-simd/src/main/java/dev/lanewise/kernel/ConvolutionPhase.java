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
 */
public record ConvolutionPhase(ConvolutionShape shape, Axis rows, Axis columns) {

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
        phases.add(new ConvolutionPhase(shape(whole, rows, columns), rows, columns));
      }
    }
    return List.copyOf(phases);
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
