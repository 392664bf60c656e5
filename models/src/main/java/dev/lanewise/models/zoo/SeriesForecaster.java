package dev.lanewise.models.zoo;

import dev.lanewise.nn.Fit;
import dev.lanewise.nn.FitListener;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.data.SeriesWindows;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.CosineDecay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A forecast of the next value of a series by three layers of LSTM.
 *
 * <p>The network sees a window of steps, each as the value and its change since the step before,
 * and forecasts the next change; all standardised by the mean and deviation of the part that is
 * trained on. What the values are taken by, {@link Scale}, depends on the series. Several networks
 * that begin from different weights make one forecast, their mean: what one of them has learned of
 * the noise cancels.
 */
public final class SeriesForecaster implements AutoCloseable {
  private static final int UNITS = 128;

  /** What a series is taken by before it is standardised. */
  public enum Scale {
    /** As it is. */
    PLAIN,
    /** By its square root: counts, whose noise grows with the root of their size. */
    ROOT,
    /** By its logarithm: what grows by a rate. */
    LOGARITHM;

    private double of(double value) {
      return switch (this) {
        case PLAIN -> value;
        case ROOT -> Math.sqrt(Math.max(value, 0));
        case LOGARITHM -> Math.log(value);
      };
    }

    private double back(double taken) {
      return switch (this) {
        case PLAIN -> taken;
        case ROOT -> Math.max(taken, 0) * Math.max(taken, 0);
        case LOGARITHM -> Math.exp(taken);
      };
    }
  }

  private final float[] series;
  private final int trained;
  private final int length;
  private final Scale scale;
  private final double level;
  private final double levelScale;
  private final double change;
  private final double changeScale;
  private final long seed;
  private final List<Model> models = new ArrayList<>();

  /**
   * For the first {@code trained} values of a series; the rest is held out.
   *
   * @param length steps of a window
   * @param scale what its values are taken by
   */
  public SeriesForecaster(float[] series, int trained, int length, Scale scale, long seed) {
    if (trained <= length + 1 || trained >= series.length) {
      throw new IllegalArgumentException(
          "seriesForecaster: %d of %d values to train on with windows of %d: more than the window"
                  .formatted(trained, series.length, length)
              + " and not all expected");
    }
    this.series = series.clone();
    this.trained = trained;
    this.length = length;
    this.scale = scale;
    this.seed = seed;
    double[] known = new double[trained];
    double[] changes = new double[trained - 1];
    for (int i = 0; i < trained; i++) {
      known[i] = scale.of(series[i]);
      if (i > 0) {
        changes[i - 1] = known[i] - known[i - 1];
      }
    }
    level = mean(known);
    levelScale = deviation(known, level);
    change = mean(changes);
    changeScale = deviation(changes, change);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double deviation(double[] values, double mean) {
    double sum = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.max(Math.sqrt(sum / values.length), 1e-9);
  }

  /** The layers, for windows of {@code length} steps of value and change. */
  public static Network layers(int length) {
    return Sequential.of(
            Input.of(length, 2),
            LSTM.of(UNITS).returnSequences(true),
            LSTM.of(UNITS).returnSequences(true),
            LSTM.of(UNITS),
            Dense.of(1))
        .named("forecaster");
  }

  /**
   * Trains from the beginning, by the squared error of the standardised change.
   *
   * @param members how many networks make one forecast
   */
  public void train(int members, int epochs, int batch, FitListener listener) {
    close();
    DataSet windows = windows(0, trained);
    long steps = epochs * Math.ceilDiv(windows.size(), batch);
    for (int member = 0; member < members; member++) {
      Model model =
          layers(length)
              .seed(seed + member)
              .compile(Adam.of(CosineDecay.of(1e-3, steps)), MeanSquaredError.of());
      models.add(model);
      model.fit(windows, Fit.epochs(epochs).batch(batch).listener(listener));
    }
  }

  /** The networks, once trained. */
  public List<Model> models() {
    return Collections.unmodifiableList(models);
  }

  /** Windows over values {@code from} to {@code to}, the first of which has no change before it. */
  private DataSet windows(int from, int to) {
    float[] steps = new float[(to - from) * 2];
    for (int i = from; i < to; i++) {
      steps[(i - from) * 2] = (float) ((scale.of(series[i]) - level) / levelScale);
      steps[(i - from) * 2 + 1] = (float) scaledChange(i);
    }
    return SeriesWindows.of(length).over(steps, 2, 1);
  }

  private double scaledChange(int i) {
    return i == 0 ? 0 : (scale.of(series[i]) - scale.of(series[i - 1]) - change) / changeScale;
  }

  /** One-step forecasts of the values held out, each from the true values before it. */
  public double[] forecast() {
    int count = series.length - trained;
    float[][] windows = new float[count][length * 2];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < length; j++) {
        int at = trained + i - length + j;
        windows[i][2 * j] = (float) ((scale.of(series[at]) - level) / levelScale);
        windows[i][2 * j + 1] = (float) scaledChange(at);
      }
    }
    double[] changes = new double[count];
    for (Model model : models) {
      float[][] said = model.predict(windows);
      for (int i = 0; i < count; i++) {
        changes[i] += said[i][0] / models.size();
      }
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      double next = scale.of(series[trained + i - 1]) + changes[i] * changeScale + change;
      values[i] = scale.back(next);
    }
    return values;
  }

  /** The values held out. */
  public double[] truth() {
    double[] values = new double[series.length - trained];
    for (int i = 0; i < values.length; i++) {
      values[i] = series[trained + i];
    }
    return values;
  }

  /** The forecast that tomorrow is as today: the value before each that is held out. */
  public double[] persistence() {
    double[] values = new double[series.length - trained];
    for (int i = 0; i < values.length; i++) {
      values[i] = series[trained + i - 1];
    }
    return values;
  }

  /** The root of the mean squared difference. */
  public static double rootMeanSquare(double[] forecast, double[] truth) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      sum += (forecast[i] - truth[i]) * (forecast[i] - truth[i]);
    }
    return Math.sqrt(sum / truth.length);
  }

  @Override
  public void close() {
    models.forEach(Model::close);
    models.clear();
  }
}
