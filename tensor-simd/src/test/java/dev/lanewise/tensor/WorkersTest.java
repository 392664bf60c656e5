package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.HeapMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WorkersTest {

  /** Runs this many parts and checks that each ran once and that slots were not shared. */
  private static void runsEachOnce(Workers workers, int count, Runnable work) {
    AtomicIntegerArray runs = new AtomicIntegerArray(count);
    AtomicIntegerArray busy = new AtomicIntegerArray(workers.threads());
    AtomicInteger shared = new AtomicInteger();
    workers.run(
        (part, slot) -> {
          if (busy.getAndIncrement(slot) != 0) {
            shared.incrementAndGet();
          }
          work.run();
          runs.incrementAndGet(part);
          busy.getAndDecrement(slot);
        },
        count);
    for (int part = 0; part < count; part++) {
      assertEquals(1, runs.get(part), "part " + part + " of " + count);
    }
    assertEquals(0, shared.get(), "parts at the same time in the same slot");
  }

  private static void spin() {
    for (int i = 0; i < 200; i++) {
      Thread.onSpinWait();
    }
  }

  @Test
  void runsEachPartOnce() {
    for (int threads = 1; threads <= 5; threads++) {
      try (Workers workers = Workers.of(threads)) {
        assertEquals(threads, workers.threads());
        for (int count : new int[] {0, 1, 2, 3, 7, 64, 1000}) {
          for (int round = 0; round < 20; round++) {
            runsEachOnce(workers, count, () -> {});
          }
        }
      }
    }
  }

  @Test
  void runsEachPartOnceWhereNobodyWaitsAwake() {
    try (Workers workers = Workers.of(3, 0)) {
      for (int round = 0; round < 200; round++) {
        runsEachOnce(workers, 7, WorkersTest::spin);
      }
    }
  }

  @Test
  void sleepsOnceThereIsNothingToDo() {
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    try (Workers workers = Workers.of(3)) {
      runsEachOnce(workers, 50, WorkersTest::spin);
      int sleepers = 0;
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith("lanewise-") && !others.contains(thread)) {
          while (thread.getState() != Thread.State.WAITING) {
            LockSupport.parkNanos(100_000);
          }
          sleepers++;
        }
      }
      assertEquals(2, sleepers);
    }
  }

  @Test
  void runsEachPartOnceForSeveralCallersAtOnce() throws Exception {
    try (Workers workers = Workers.of(3)) {
      CyclicBarrier start = new CyclicBarrier(4);
      List<FutureTask<Void>> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        SplittableRandom random = new SplittableRandom(caller);
        FutureTask<Void> task =
            new FutureTask<>(
                () -> {
                  start.await();
                  for (int round = 0; round < 400; round++) {
                    runsEachOnce(workers, random.nextInt(20), WorkersTest::spin);
                  }
                  return null;
                });
        Thread.ofPlatform().daemon().start(task);
        callers.add(task);
      }
      for (FutureTask<Void> caller : callers) {
        caller.get(50, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void sharesThePartsAmongThreads() throws Exception {
    try (Workers workers = Workers.of(3)) {
      CyclicBarrier together = new CyclicBarrier(3);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      workers.run(
          (part, slot) -> {
            try {
              together.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new AssertionError("three parts never ran at the same time", e);
            }
            threads.add(Thread.currentThread());
          },
          3);
      assertEquals(3, threads.size());
      assertTrue(threads.contains(Thread.currentThread()), "the caller takes part");
      threads.remove(Thread.currentThread());
      assertTrue(threads.stream().allMatch(thread -> thread.getName().matches("lanewise-[12]")));
      assertTrue(threads.stream().allMatch(Thread::isDaemon));
    }
  }

  @Test
  void throwsTheFirstFailureAfterTheOtherPartsHaveEnded() {
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = Workers.of(threads)) {
        for (int round = 0; round < 50; round++) {
          AtomicInteger running = new AtomicInteger();
          ArithmeticException failure = new ArithmeticException("part 5");
          Workers.Parts parts =
              (part, slot) -> {
                running.incrementAndGet();
                try {
                  if (part == 5) {
                    throw failure;
                  }
                  spin();
                } finally {
                  running.decrementAndGet();
                }
              };
          assertSame(
              failure, assertThrows(ArithmeticException.class, () -> workers.run(parts, 20)));
          assertEquals(0, running.get());
        }
        runsEachOnce(workers, 20, () -> {});
      }
    }
  }

  @Test
  void throwsErrorsToo() {
    try (Workers workers = Workers.of(2)) {
      StackOverflowError failure = new StackOverflowError();
      assertSame(
          failure,
          assertThrows(
              StackOverflowError.class,
              () ->
                  workers.run(
                      (part, slot) -> {
                        throw failure;
                      },
                      5)));
      runsEachOnce(workers, 20, () -> {});
    }
  }

  @Test
  void endsWhereAPartThrowsWhatItMayNot() {
    try (Workers workers = Workers.of(2)) {
      Exception failure = new Exception("undeclared");
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () -> workers.run((part, slot) -> WorkersTest.<RuntimeException>sneak(failure), 5));
      assertEquals("workers: a part failed", thrown.getMessage());
      assertSame(failure, thrown.getCause());
      runsEachOnce(workers, 20, () -> {});
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Exception failure) throws T {
    throw (T) failure;
  }

  @Test
  void workInsideAPartRunsOnItsThread() {
    try (Workers workers = Workers.of(3)) {
      AtomicInteger inner = new AtomicInteger();
      workers.run(
          (part, slot) -> {
            Thread own = Thread.currentThread();
            workers.run(
                (innerPart, innerSlot) -> {
                  assertSame(own, Thread.currentThread());
                  inner.incrementAndGet();
                },
                5);
          },
          10);
      assertEquals(50, inner.get());
    }
  }

  @Test
  void runsOnTheUsersExecutor() {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try (executor;
        Workers workers = Workers.on(executor, 3)) {
      for (int round = 0; round < 500; round++) {
        runsEachOnce(workers, round % 30, WorkersTest::spin);
      }
      CyclicBarrier together = new CyclicBarrier(3);
      workers.run(
          (part, slot) -> {
            try {
              together.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new AssertionError("three parts never ran at the same time", e);
            }
          },
          3);
    }
  }

  @Test
  void getsByWithoutTheUsersExecutor() throws Exception {
    List<Executor> executors =
        List.of(
            task -> {
              throw new RejectedExecutionException("full");
            },
            task -> {
              throw new IllegalStateException("broken");
            },
            task -> {},
            Runnable::run);
    for (Executor executor : executors) {
      try (Workers workers = Workers.on(executor, 4)) {
        for (int count : new int[] {1, 5, 50}) {
          runsEachOnce(workers, count, () -> {});
        }
      }
    }
    List<Runnable> late = new ArrayList<>();
    try (Workers workers = Workers.on(late::add, 3)) {
      runsEachOnce(workers, 10, () -> {});
      late.forEach(Runnable::run);
      runsEachOnce(workers, 10, () -> {});
      late.forEach(Runnable::run);
    }
  }

  @Test
  void aClosedPoolRunsOnItsCaller() throws Exception {
    Workers workers = Workers.of(3);
    Set<Thread> helpers = ConcurrentHashMap.newKeySet();
    CyclicBarrier together = new CyclicBarrier(3);
    workers.run(
        (part, slot) -> {
          try {
            together.await(30, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
          helpers.add(Thread.currentThread());
        },
        3);
    helpers.remove(Thread.currentThread());
    assertEquals(2, helpers.size());
    workers.close();
    for (Thread helper : helpers) {
      assertTrue(helper.join(Duration.ofSeconds(30)), "its threads end");
    }
    Thread own = Thread.currentThread();
    runsEachOnce(workers, 20, () -> assertSame(own, Thread.currentThread()));
    workers.close();
  }

  @Test
  void closingWhileItWorksLosesNoPart() throws Exception {
    for (int round = 0; round < 50; round++) {
      Workers workers = Workers.of(3);
      CountDownLatch started = new CountDownLatch(1);
      Thread closing =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      started.await();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    workers.close();
                  });
      runsEachOnce(
          workers,
          200,
          () -> {
            started.countDown();
            spin();
          });
      closing.join();
    }
  }

  @Test
  void anInterruptedCallerFinishesItsWork() {
    try (Workers workers = Workers.of(2)) {
      Thread.currentThread().interrupt();
      runsEachOnce(workers, 50, WorkersTest::spin);
      assertTrue(Thread.interrupted(), "the interrupt is still there");
      assertFalse(Thread.currentThread().isInterrupted());
    }
  }

  @Test
  void needsAThread() {
    assertEquals(
        "workers: at least one thread, not 0",
        assertThrows(IllegalArgumentException.class, () -> Workers.of(0)).getMessage());
    assertEquals(
        "workers: -1 microseconds of waiting awake",
        assertThrows(IllegalArgumentException.class, () -> Workers.of(2, -1)).getMessage());
  }

  /** Counts in the slots' own cells, so that nothing boxes. */
  private static final class Counting implements Workers.Parts {
    final long[] sums = new long[64];

    @Override
    public void run(int part, int slot) {
      for (int i = 0; i < 100; i++) {
        sums[slot * 16] += part ^ i;
      }
    }
  }

  @Tag("warm")
  @Test
  void allocatesNothingOnceWarm() {
    try (Workers workers = Workers.of(3)) {
      Counting parts = new Counting();
      long allocated = Long.MAX_VALUE;
      for (int round = 0; round < 50 && allocated != 0; round++) {
        Runnable many =
            () -> {
              for (int i = 0; i < 500; i++) {
                workers.run(parts, 12);
              }
            };
        many.run();
        allocated = HeapMeter.allocated(many);
      }
      assertEquals(0, allocated, "bytes in 500 runs");
    }
  }
}
