package dev.lanewise.nn.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules at steps whose rates are known without the formula. */
class ScheduleTest {
  private static void check(Schedule schedule, double... stepsAndRates) {
    for (int i = 0; i < stepsAndRates.length; i += 2) {
      long step = (long) stepsAndRates[i];
      assertEquals(stepsAndRates[i + 1], schedule.rate(step), 1e-12, schedule + " at " + step);
    }
  }

  @Test
  void constant() {
    check(Schedule.constant(0.25), 0, 0.25, 1_000_000_000_000L, 0.25);
  }

  @Test
  void piecewise() {
    check(
        PiecewiseConstantDecay.of(1).then(10, 0.5).then(20, 0.125),
        0,
        1,
        10,
        1,
        11,
        0.5,
        20,
        0.5,
        21,
        0.125,
        1e9,
        0.125);
    assertEquals(
        new PiecewiseConstantDecay(List.of(10L), List.of(1.0, 0.5)),
        PiecewiseConstantDecay.of(1).then(10, 0.5));
  }

  @Test
  void exponential() {
    ExponentialDecay decay = ExponentialDecay.of(0.8, 10, 0.25);
    check(decay, 0, 0.8, 5, 0.4, 10, 0.2, 20, 0.05);
    check(decay.staircase(true), 0, 0.8, 9, 0.8, 10, 0.2, 19, 0.2, 20, 0.05);
  }

  @Test
  void inverseTime() {
    InverseTimeDecay decay = InverseTimeDecay.of(1, 10, 0.5);
    check(decay, 0, 1, 5, 0.8, 10, 1 / 1.5, 20, 0.5);
    check(decay.staircase(true), 5, 1, 10, 1 / 1.5, 19, 1 / 1.5, 20, 0.5);
  }

  @Test
  void polynomial() {
    PolynomialDecay line = PolynomialDecay.of(1, 10).end(0.5);
    check(line, 0, 1, 5, 0.75, 10, 0.5, 11, 0.5, 100, 0.5);
    check(line.power(2), 5, 0.625, 10, 0.5);
    // Past step 10 the line is stretched to 20 steps, past 20 to 30.
    check(line.cycle(true), 0, 1, 5, 0.75, 10, 0.5, 15, 0.625, 20, 0.5, 21, 0.65);
    check(PolynomialDecay.of(1, 10), 10, 1e-4);
  }

  @Test
  void cosine() {
    CosineDecay decay = CosineDecay.of(2, 100);
    check(decay, 0, 2, 50, 1, 100, 0, 1000, 0, 25, 1 + Math.sqrt(0.5));
    check(decay.alpha(0.25), 0, 2, 50, 1.25, 100, 0.5, 101, 0.5);
  }

  @Test
  void cosineWithWarmUp() {
    check(CosineDecay.of(2, 100).warmUp(10), 0, 0, 5, 1, 10, 2, 60, 1, 110, 0);
    check(CosineDecay.of(2, 100).warmUp(10).from(1), 0, 1, 5, 1.5, 10, 2, 60, 1);
  }

  @Test
  void cosineWithRestarts() {
    // Periods of 10, 20 and 40 steps.
    check(
        CosineDecayRestarts.of(2, 10),
        0,
        2,
        5,
        1,
        10,
        2,
        20,
        1,
        30,
        2,
        50,
        1,
        70,
        2,
        40,
        1 + Math.sqrt(0.5));
  }

  @Test
  void restartsLowerAndEqual() {
    CosineDecayRestarts equal = CosineDecayRestarts.of(2, 10).longer(1).lower(0.5);
    check(equal, 0, 2, 5, 1, 10, 1, 15, 0.5, 20, 0.5, 25, 0.25);
    check(equal.alpha(0.5), 0, 2, 5, 1.5, 10, 1.5, 15, 1.25);
    check(CosineDecayRestarts.of(2, 10).lower(0.5), 10, 1, 20, 0.5, 30, 0.5);
  }

  @Test
  void oneCycle() {
    // Up in 29 steps from 0.04 to 1, down in 70 to 0.04 / 10,000.
    OneCycle cycle = OneCycle.of(1, 100);
    check(cycle, 0, 0.04, 14.0, between(0.04, 1, 14 / 29.0), 29, 1, 64, (1 + 4e-6) / 2);
    check(cycle, 99, 4e-6, 500, 4e-6);
    OneCycle line = cycle.linear(true).rise(0.51).divisors(10, 100);
    check(line, 0, 0.1, 25, 0.55, 50, 1, 99, 0.001);
  }

  private static double between(double from, double to, double progress) {
    return from + (to - from) * Math.pow(Math.sin(Math.PI / 2 * progress), 2);
  }

  @Test
  void anySchedule() {
    check(Schedule.constant(3).warmUp(3), 0, 0, 1, 1, 2, 2, 3, 3, 4, 3);
    Schedule own = step -> step * step;
    check(own.warmUp(2), 2, 0, 5, 9);
  }

  @Test
  void attributesOutOfRangeAreRefused() {
    assertEquals(
        "piecewiseConstantDecay: one rate more than boundaries expected: [1, 2] and [1.0, 2.0]",
        error(() -> new PiecewiseConstantDecay(List.of(1L, 2L), List.of(1.0, 2.0))));
    assertEquals(
        "piecewiseConstantDecay: boundaries do not increase: [2, 2]",
        error(() -> PiecewiseConstantDecay.of(1).then(2, 1).then(2, 1)));
    assertEquals(
        "exponentialDecay: at least one step, not 0", error(() -> ExponentialDecay.of(1, 0, 1)));
    assertEquals(
        "cosineDecay: initial at least 0 and finite, not -1.0", error(() -> CosineDecay.of(-1, 1)));
    assertEquals(
        "cosineDecayRestarts: longer at least 1 and finite, not 0.5",
        error(() -> CosineDecayRestarts.of(1, 1).longer(0.5)));
    assertEquals("oneCycle: at least two steps, not 1", error(() -> OneCycle.of(1, 1)));
    assertEquals(
        "oneCycle: rise from 0 to 1 and divisors over 0, not 2.0, 25.0 and 10000.0",
        error(() -> OneCycle.of(1, 10).rise(2)));
    assertEquals("warmUp: at least one step, not 0", error(() -> CosineDecay.of(1, 1).warmUp(0)));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
