package dev.lanewise.models.data;

/**
 * One axis brought from one extent to another: each new pixel is a weighted sum of a run of old
 * ones.
 */
final class Resampling {
  /** The first old pixel of each new one. */
  private final int[] from;

  /** The weights of the old pixels from there on, which sum to one. */
  private final float[][] weights;

  private final int oldExtent;

  private Resampling(int oldExtent, int newExtent) {
    this.oldExtent = oldExtent;
    this.from = new int[newExtent];
    this.weights = new float[newExtent][];
  }

  /** The area of each pixel where the axis shrinks, linear interpolation where it grows. */
  static Resampling of(int oldExtent, int newExtent) {
    Resampling resampling = new Resampling(oldExtent, newExtent);
    double step = (double) oldExtent / newExtent;
    for (int i = 0; i < newExtent; i++) {
      if (newExtent <= oldExtent) {
        resampling.area(i, i * step, (i + 1) * step, step);
      } else {
        resampling.line(i, Math.clamp((i + 0.5) * step - 0.5, 0, oldExtent - 1));
      }
    }
    return resampling;
  }

  private void area(int i, double begin, double end, double step) {
    int first = (int) begin;
    int last = Math.min(oldExtent, (int) Math.ceil(end)) - 1;
    from[i] = first;
    weights[i] = new float[last - first + 1];
    for (int old = first; old <= last; old++) {
      double overlap = Math.min(end, old + 1.0) - Math.max(begin, old);
      weights[i][old - first] = (float) (overlap / step);
    }
  }

  private void line(int i, double at) {
    from[i] = (int) at;
    float part = (float) (at - from[i]);
    weights[i] = part == 0 ? new float[] {1} : new float[] {1 - part, part};
  }

  /**
   * Resamples the middle axis of {@code [outer, oldExtent, inner]}; {@code [outer, newExtent,
   * inner]}.
   */
  float[] rows(float[] values, int outer, int inner) {
    float[] out = new float[outer * from.length * inner];
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < from.length; i++, at += inner) {
        int source = (o * oldExtent + from[i]) * inner;
        for (float weight : weights[i]) {
          for (int c = 0; c < inner; c++) {
            out[at + c] += weight * values[source + c];
          }
          source += inner;
        }
      }
    }
    return out;
  }
}
