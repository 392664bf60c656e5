package dev.lanewise.nn.data;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;

/**
 * How a series in time is cut into samples: {@code length} steps as features and the {@code
 * horizon} steps after them as what is to be forecast.
 *
 * <p>Sample {@code i} begins at step {@code i * stride}. Where windows overlap, neighbours share
 * values: to judge a model by steps it has not seen, cut the series first and make windows of each
 * part.
 *
 * @param length steps that are seen
 * @param horizon steps that are forecast
 * @param stride steps from one sample to the next
 */
public record SeriesWindows(int length, int horizon, int stride) {
  public SeriesWindows {
    if (length < 1 || horizon < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "seriesWindows: length %d, horizon %d, stride %d: at least 1 each"
              .formatted(length, horizon, stride));
    }
  }

  /** Windows of this length, one step forecast, one sample for each step. */
  public static SeriesWindows of(int length) {
    return new SeriesWindows(length, 1, 1);
  }

  /** With so many steps forecast. */
  public SeriesWindows horizon(int steps) {
    return new SeriesWindows(length, steps, stride);
  }

  /** With so many steps from one sample to the next. */
  public SeriesWindows stride(int steps) {
    return new SeriesWindows(length, horizon, steps);
  }

  /**
   * A series of one value at each step: features {@code [length, 1]}, labels {@code [horizon]}, of
   * f32, over the caller's array, which must not change any more.
   *
   * @throws IllegalArgumentException if it is too short for one sample
   */
  public DataSet over(float... series) {
    return over(series, 1, 0);
  }

  /**
   * A series of several values at each step, some of which are forecast: features {@code [length,
   * width]}, labels {@code [horizon * targets]}, step after step, of f32.
   *
   * @param series step after step, over the caller's array, which must not change any more
   * @param width how many values a step has
   * @param targets which of them are forecast, from 0 on; all of them if none are named
   * @throws IllegalArgumentException if it is no such series or too short for one sample
   */
  public DataSet over(float[] series, int width, int... targets) {
    if (width < 1 || series.length % width != 0) {
      throw new IllegalArgumentException(
          "seriesWindows: %d values are no steps of %d".formatted(series.length, width));
    }
    int steps = series.length / width;
    int reach = Math.addExact(length, horizon);
    long size = Windows.count(steps, reach, stride);
    if (size == 0) {
      throw new IllegalArgumentException(
          "seriesWindows: a series of %d steps, at least %d (length %d, horizon %d) expected"
              .formatted(steps, reach, length, horizon));
    }
    Rows rows = Rows.of(Shape.of(width), series);
    int each = targets.length == 0 ? width : targets.length;
    Spec features = Spec.of(DType.F32, Shape.of(length, width));
    Spec labels = Spec.of(DType.F32, Shape.of((long) horizon * each));
    Rows chosen = targets.length == 0 ? rows : chosen(series, width, targets);
    return new Windows(rows, chosen, length, length, horizon, stride, size, features, labels);
  }

  private static Rows chosen(float[] series, int width, int... targets) {
    float[] values = new float[Math.multiplyExact(series.length / width, targets.length)];
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] < 0 || targets[i] >= width) {
        throw new IllegalArgumentException(
            "seriesWindows: no target %d: a step has %d values".formatted(targets[i], width));
      }
      for (int step = 0; step < series.length / width; step++) {
        values[step * targets.length + i] = series[step * width + targets[i]];
      }
    }
    return Rows.of(Shape.of(targets.length), values);
  }
}
