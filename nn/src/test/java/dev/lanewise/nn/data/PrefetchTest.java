package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PrefetchTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
    assertEquals(List.of(), threads());
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lanewise-prefetch"))
        .toList();
  }

  private static DataSet numbered(int count) {
    float[] features = new float[count * 2];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      features[2 * i] = i;
      features[2 * i + 1] = i / 7f;
      labels[i] = i;
    }
    return DataSet.of(Shape.of(2), features, labels);
  }

  /** A set that tells somebody before a sample is read. */
  private record Watched(DataSet whole, LongConsumer watcher) implements DataSet {
    @Override
    public long size() {
      return whole.size();
    }

    @Override
    public Spec features() {
      return whole.features();
    }

    @Override
    public Spec labels() {
      return whole.labels();
    }

    @Override
    public void readFeatures(long sample, long row, Tensor features) {
      watcher.accept(sample);
      whole.readFeatures(sample, row, features);
    }

    @Override
    public void readLabel(long sample, long row, Tensor labels) {
      whole.readLabel(sample, row, labels);
    }
  }

  private void assertSameBatch(Batches expected, Batches batches, long index) {
    expected.read(index);
    batches.read(index);
    try (Scope step = scope.child("step")) {
      assertArrayEquals(
          expected.features(index, step).toFloats(), batches.features(index, step).toFloats());
      assertArrayEquals(
          expected.labels(index, step).toInts(), batches.labels(index, step).toInts());
      assertEquals(expected.rows(index), batches.features(index, step).extent(0));
    }
  }

  @Test
  void batchesAreTheSameInEveryEpoch() {
    DataSet data =
        numbered(23).reshaped(1, 2, 1).augmented(1, Augmentation.noise(0.1), Augmentation.flip());
    for (int ahead = 1; ahead <= 9; ahead += 2) {
      Batches expected = new Batches(data, 4, scope);
      try (Batches batches = Batches.prefetching(data, 4, ahead, scope)) {
        assertEquals(6, batches.count());
        for (int epoch = 0; epoch < 5; epoch++) {
          for (Batches one : List.of(expected, batches)) {
            if (epoch > 1) {
              one.order().shuffle(new Philox(7, epoch));
            }
            one.epoch(new Philox(8, epoch));
          }
          for (long index = 0; index < batches.count(); index++) {
            assertSameBatch(expected, batches, index);
          }
        }
      }
    }
  }

  /** Whatever is read in whatever order, and shuffled in between, is what it should be. */
  @Test
  void batchesAreTheSameInAnyOrder() {
    DataSet data = numbered(31);
    Random random = new Random(1);
    for (int ahead = 1; ahead <= 4; ahead++) {
      Batches expected = new Batches(data, 3, scope);
      try (Batches batches = Batches.prefetching(data, 3, ahead, scope)) {
        for (int round = 0; round < 500; round++) {
          if (random.nextInt(10) == 0) {
            Philox stream = new Philox(1, round);
            expected.order().shuffle(stream);
            batches.order().shuffle(stream);
          }
          assertSameBatch(expected, batches, random.nextInt(11));
        }
      }
      expected.close();
      expected.read(0);
    }
  }

  @Test
  void theNextBatchesAreReadWhileOneIsUsed() throws InterruptedException {
    Semaphore read = new Semaphore(0);
    DataSet data = new Watched(numbered(100), sample -> read.release());
    try (Batches batches = Batches.prefetching(data, 10, 2, scope)) {
      batches.read(0);
      assertTrue(read.tryAcquire(30, 30, TimeUnit.SECONDS), "batches 0 to 2");
      batches.read(1);
      assertTrue(read.tryAcquire(10, 30, TimeUnit.SECONDS), "batch 3");
      assertFalse(read.tryAcquire(1, 20, TimeUnit.MILLISECONDS), "nothing beyond");
    }
  }

  @Test
  void whatTheReaderThrowsTheConsumerGets() {
    IllegalStateException broken = new IllegalStateException("sample 5");
    boolean[] repaired = new boolean[1];
    DataSet data =
        new Watched(
            numbered(12),
            sample -> {
              if (sample == 5 && !repaired[0]) {
                throw broken;
              }
              if (sample == 9) {
                throw new AssertionError("sample 9");
              }
            });
    try (Batches batches = Batches.prefetching(data, 2, 3, scope)) {
      batches.read(0);
      batches.read(1);
      assertSame(broken, assertThrows(IllegalStateException.class, () -> batches.read(2)));
      assertSame(broken, assertThrows(IllegalStateException.class, () -> batches.read(2)));
      repaired[0] = true;
      assertSameBatch(new Batches(numbered(12), 2, scope), batches, 2);
      assertSameBatch(new Batches(numbered(12), 2, scope), batches, 3);
      assertEquals(
          "sample 9", assertThrows(AssertionError.class, () -> batches.read(4)).getMessage());
      assertSameBatch(new Batches(numbered(12), 2, scope), batches, 5);
    }
  }

  @Test
  void closingWaitsForTheThreadAndIsForGood() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    DataSet data =
        new Watched(
            numbered(8),
            sample -> {
              if (sample == 2) {
                begun.countDown();
                awaitUninterrupted(goOn);
              }
            });
    Batches batches = Batches.prefetching(data, 2, 1, scope);
    batches.read(0);
    begun.await();
    assertEquals(1, threads().size());
    Thread.currentThread().interrupt();
    Thread closing =
        Thread.ofPlatform()
            .start(
                () -> {
                  // By then, most likely, close is waiting.
                  awaitUninterrupted(begun);
                  goOn.countDown();
                });
    batches.close();
    assertTrue(Thread.interrupted(), "the interruption is kept");
    closing.join();
    assertEquals(List.of(), threads());
    batches.close();
    assertEquals(
        "batches: closed",
        assertThrows(IllegalStateException.class, () -> batches.read(0)).getMessage());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aForgottenCloseIsSaidByTheScope() {
    Scope child = scope.child("fit");
    Batches batches = Batches.prefetching(numbered(8), 2, 1, child);
    String message = assertThrows(IllegalStateException.class, child::close).getMessage();
    assertTrue(
        message.startsWith("scope 'test/fit' closed while lent: 'prefetch' is open ("), message);
    batches.close();
    child.close();
    assertEquals(
        "batches: at least one batch ahead, not 0",
        assertThrows(
                IllegalArgumentException.class, () -> Batches.prefetching(numbered(8), 2, 0, scope))
            .getMessage());
  }

  @Test
  void memoryThatIsRefusedLeavesNoThread() {
    try (Scope small = Scope.open("small", Scope.Options.standard().limit(1 << 16))) {
      DataSet data = DataSet.of(Shape.of(1 << 14), new float[1 << 16], 1, 2, 3, 4);
      assertThrows(RuntimeException.class, () -> Batches.prefetching(data, 4, 1, small));
    }
    assertEquals(List.of(), threads());
  }

  /** Neither side allocates once its code is loaded; what the compiler does is not counted. */
  @Test
  void theSteadyStateAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Batches batches = Batches.prefetching(numbered(600), 2, 2, scope)) {
      long own = 0;
      long ahead = 0;
      for (int epoch = 0; epoch < 10; epoch++) {
        long aheadBefore = threads.getThreadAllocatedBytes(threads().getFirst().threadId());
        long ownBefore = threads.getCurrentThreadAllocatedBytes();
        for (long index = 0; index < batches.count(); index++) {
          batches.read(index);
        }
        own = threads.getCurrentThreadAllocatedBytes() - ownBefore;
        ahead = threads.getThreadAllocatedBytes(threads().getFirst().threadId()) - aheadBefore;
      }
      assertEquals(0, own, "bytes of the consumer");
      assertEquals(0, ahead, "bytes of the thread");
    }
  }
}
