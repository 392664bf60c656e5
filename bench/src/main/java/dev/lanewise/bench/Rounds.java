package dev.lanewise.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Times several contenders in turn, round by round, so that the machine's moods hit all of them.
 *
 * <p>Every contender is warmed up first and then timed once per round over as many calls as fill
 * the round's time; what counts is the median over the rounds.
 *
 * <p>A round begins with a pause and a call that is not timed. LLVM's OpenMP lets its threads spin
 * for 200 ms after their work is done ({@code KMP_BLOCKTIME}); where a peer's do, they would take a
 * core from whoever comes next.
 */
final class Rounds {
  private static final int ROUNDS = 15;
  private static final long ROUND_NANOS = 20_000_000;
  private static final long WARM_UP_NANOS = 2_000_000_000;
  private static final long PAUSE_NANOS = 300_000_000;

  private final Map<String, Runnable> contenders = new LinkedHashMap<>();

  Rounds with(String name, Runnable contender) {
    contenders.put(name, contender);
    return this;
  }

  /** Median nanoseconds per call, by contender. */
  Map<String, Double> medians() {
    Map<String, long[]> calls = new LinkedHashMap<>();
    contenders.forEach((name, contender) -> calls.put(name, new long[] {warmUp(contender)}));
    Map<String, double[]> times = new LinkedHashMap<>();
    contenders.keySet().forEach(name -> times.put(name, new double[ROUNDS]));
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, Runnable> entry : contenders.entrySet()) {
        long count = calls.get(entry.getKey())[0];
        LockSupport.parkNanos(PAUSE_NANOS);
        entry.getValue().run();
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
          entry.getValue().run();
        }
        times.get(entry.getKey())[round] = (double) (System.nanoTime() - start) / count;
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    times.forEach(
        (name, all) -> {
          Arrays.sort(all);
          medians.put(name, all[ROUNDS / 2]);
        });
    return medians;
  }

  /** Returns the number of calls that fill a round. */
  private static long warmUp(Runnable contender) {
    long start = System.nanoTime();
    long calls = 0;
    while (System.nanoTime() - start < WARM_UP_NANOS || calls < 3) {
      contender.run();
      calls++;
    }
    start = System.nanoTime();
    long timed = 0;
    while (System.nanoTime() - start < ROUND_NANOS) {
      contender.run();
      timed++;
    }
    return Math.max(1, timed);
  }
}
