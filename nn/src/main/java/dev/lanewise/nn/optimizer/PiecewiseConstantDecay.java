package dev.lanewise.nn.optimizer;

import java.util.ArrayList;
import java.util.List;

/**
 * A rate for each stretch of steps: the first up to and with step {@code boundaries[0]}, the next
 * up to and with {@code boundaries[1]}, the last from there on. Keras' {@code
 * PiecewiseConstantDecay}.
 *
 * @param boundaries last steps of all stretches but the last, increasing
 * @param rates one more than boundaries
 */
public record PiecewiseConstantDecay(List<Long> boundaries, List<Double> rates)
    implements Schedule {
  /** Copies the lists and checks them. */
  public PiecewiseConstantDecay {
    boundaries = List.copyOf(boundaries);
    rates = List.copyOf(rates);
    if (rates.size() != boundaries.size() + 1) {
      throw new IllegalArgumentException(
          "piecewiseConstantDecay: one rate more than boundaries expected: "
              + boundaries
              + " and "
              + rates);
    }
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i) <= boundaries.get(i - 1)) {
        throw new IllegalArgumentException(
            "piecewiseConstantDecay: boundaries do not increase: " + boundaries);
      }
    }
    for (double rate : rates) {
      Rates.require("piecewiseConstantDecay", "rates", rate);
    }
  }

  /** This rate up to the first boundary; {@link #then} adds to it. */
  public static PiecewiseConstantDecay of(double rate) {
    return new PiecewiseConstantDecay(List.of(), List.of(rate));
  }

  /** These stretches and one more: after step {@code boundary} another rate. */
  public PiecewiseConstantDecay then(long boundary, double rate) {
    return new PiecewiseConstantDecay(appended(boundaries, boundary), appended(rates, rate));
  }

  private static <T> List<T> appended(List<T> list, T last) {
    List<T> more = new ArrayList<>(list);
    more.add(last);
    return more;
  }

  @Override
  public double rate(long step) {
    int stretch = 0;
    while (stretch < boundaries.size() && step > boundaries.get(stretch)) {
      stretch++;
    }
    return rates.get(stretch);
  }
}
