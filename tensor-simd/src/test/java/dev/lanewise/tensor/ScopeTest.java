package dev.lanewise.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.op.Affine;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class ScopeTest {
  private static String illegal(Executable call) {
    return assertThrows(IllegalStateException.class, call).getMessage();
  }

  /** Runs on a thread of the given name and hands back what it returns or throws. */
  private static <T> T on(String name, Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().name(name).start(task);
    try {
      return task.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static int line() {
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
  }

  @Test
  void makesTensors() {
    try (Scope scope = Scope.open("root")) {
      assertArrayEquals(new float[] {1, 2}, scope.tensor(Shape.of(2), 1f, 2f).toFloats());
      assertArrayEquals(new double[] {1, 2}, scope.tensor(Shape.of(2), 1.0, 2.0).toDoubles());
      assertArrayEquals(new int[] {1, 2}, scope.tensor(Shape.of(2), 1, 2).toInts());
      assertArrayEquals(new long[] {1, 2}, scope.tensor(Shape.of(2), 1L, 2L).toLongs());
      assertArrayEquals(new byte[] {1, 0}, scope.tensor(Shape.of(2), true, false).toBytes());
      assertArrayEquals(new float[] {0, 0, 0}, scope.zeros(DType.F32, Shape.of(3)).toFloats());
      assertArrayEquals(new int[] {7, 7}, scope.full(DType.I32, Shape.of(2), 7).toInts());
      assertArrayEquals(new long[] {0, 1, 2}, scope.range(DType.I64, 3).toLongs());
      assertEquals(
          "tensor: 3 values for shape [2] of 2",
          assertThrows(IllegalArgumentException.class, () -> scope.tensor(Shape.of(2), 1f, 2f, 3f))
              .getMessage());
      assertEquals(
          "tensor: too large: [1152921504606846976] of f32",
          assertThrows(
                  IllegalArgumentException.class, () -> scope.empty(DType.F32, Shape.of(1L << 60)))
              .getMessage());
    }
  }

  @Test
  void alignsTensorsTo64Bytes() {
    try (Scope scope = Scope.open("root")) {
      for (int size : new int[] {1, 17, 0, 33, 100_000}) {
        Tensor x = scope.empty(DType.F32, Shape.of(size));
        assertEquals(0, (x.memory().address() + x.at()) % 64);
      }
      assertEquals(5, scope.usage().tensors());
      assertEquals(64 + 128 + 0 + 192 + 400_000, scope.usage().bytes());
    }
  }

  @Test
  void refusesUseAfterClose() {
    Scope scope = Scope.open("root");
    Scope step = scope.child("step");
    Tensor x = scope.tensor(Shape.of(2), 1f, 2f);
    Tensor y = step.tensor(Shape.of(2), 1f, 2f);
    Tensor borrowed = x.in(step);
    step.close();
    assertFalse(step.isOpen());
    assertTrue(scope.isOpen());
    assertEquals("memory: scope 'root/step' is closed", illegal(() -> y.value(0)));
    assertEquals("copyTo: scope 'root/step' is closed", illegal(y::toFloats));
    assertEquals("copyFrom: scope 'root/step' is closed", illegal(() -> y.copyFrom(1f, 2f)));
    assertEquals("fill: scope 'root/step' is closed", illegal(() -> y.fill(1)));
    assertEquals("set: scope 'root/step' is closed", illegal(() -> y.set(1, 0)));
    assertEquals("copyInto: scope 'root/step' is closed", illegal(() -> x.copyInto(y)));
    assertEquals("copyInto: scope 'root/step' is closed", illegal(() -> y.copyInto(x)));
    assertEquals("in: scope 'root/step' is closed", illegal(() -> y.in(scope)));
    assertEquals("in: scope 'root/step' is closed", illegal(() -> x.in(step)));
    assertEquals("add: scope 'root/step' is closed", illegal(() -> x.add(y)));
    assertEquals("affine: scope 'root/step' is closed", illegal(() -> borrowed.mul(2)));
    assertEquals("child: scope 'root/step' is closed", illegal(() -> step.child("deeper")));
    assertEquals(
        "allocate: scope 'root/step' is closed", illegal(() -> step.zeros(DType.F32, Shape.of(1))));
    assertEquals("scope 'root/step' (closed; 1 tensors, 64 B)", step.toString());
    assertEquals("f32 [2] of closed scope 'root/step'", y.toString());
    scope.close();
    assertEquals("memory: scope 'root' is closed", illegal(() -> x.value(0)));
  }

  @Test
  void refusesToCloseTwice() {
    Scope scope = Scope.open("root");
    Scope step = scope.child("step");
    step.close();
    assertEquals("scope 'root/step' closed twice", illegal(step::close));
    scope.close();
    assertEquals("scope 'root' closed twice", illegal(scope::close));
  }

  @Test
  void refusesToCloseWithOpenChildren() {
    Scope scope = Scope.open("root");
    int line = line() + 1;
    Scope step = scope.child("step");
    Scope other = scope.child("other");
    step.zeros(DType.F32, Shape.of(300));
    step.zeros(DType.F64, Shape.of(200));
    assertEquals(
        "scope 'root' closed while 'root/step' is open (2 tensors, 2.8 KiB; opened at"
            + " ScopeTest.java:"
            + line
            + ") and 'root/other' is open (0 tensors, 0 B; opened at ScopeTest.java:"
            + (line + 1)
            + ")",
        illegal(scope::close));
    assertTrue(scope.isOpen(), "nothing is closed then");
    assertEquals(2, step.zeros(DType.F32, Shape.of(2)).size());
    other.close();
    step.close();
    scope.close();
  }

  @Test
  void resultsLiveInTheInnermostScope() {
    try (Scope scope = Scope.open("root");
        Scope step = scope.child("step");
        Scope inner = step.child("inner")) {
      Tensor x = scope.tensor(Shape.of(2), 1f, 2f);
      Tensor y = inner.tensor(Shape.of(2), 1f, 2f);
      assertSame(scope, x.add(x).scope());
      assertSame(inner, x.add(y).scope());
      assertSame(inner, y.add(x).scope());
      assertSame(step, x.in(step).mul(x).scope());
      assertEquals(x.at(), x.in(step).at());
      assertSame(scope, y.copyTo(scope).scope());
      assertArrayEquals(new float[] {2, 4}, y.add(x).copyTo(scope).toFloats());
    }
  }

  @Test
  void refusesOperandsFromUnrelatedScopes() {
    try (Scope other = Scope.open("other");
        Scope scope = Scope.open("root");
        Scope left = scope.child("left");
        Scope right = scope.child("right")) {
      Tensor x = left.tensor(Shape.of(2), 1f, 2f);
      Tensor y = right.tensor(Shape.of(2), 1f, 2f);
      Tensor z = other.tensor(Shape.of(2), 1f, 2f);
      assertEquals(
          "add: operands from unrelated scopes 'root/left' and 'root/right', borrow one with"
              + " in(scope): [2] x [2]",
          assertThrows(IllegalArgumentException.class, () -> x.add(y)).getMessage());
      assertEquals(
          "add: operands from unrelated scopes 'root/left' and 'other', borrow one with"
              + " in(scope): [2] x [2]",
          assertThrows(IllegalArgumentException.class, () -> x.add(z)).getMessage());
      assertArrayEquals(new float[] {2, 4}, x.add(z.in(left)).toFloats());
      assertSame(left, x.add(z.in(left)).scope());
    }
  }

  @Test
  void refusesToCloseALenderWhileItLends() {
    Scope model = Scope.open("model");
    int line = line() + 1;
    Scope step = Scope.open("step");
    Tensor x = model.tensor(Shape.of(2), 1f, 2f);
    Tensor lent = x.in(step);
    assertEquals(
        "scope 'model' closed while lent: 'step' is open (0 tensors, 0 B; opened at"
            + " ScopeTest.java:"
            + line
            + ")",
        illegal(model::close));
    assertArrayEquals(new float[] {2, 4}, lent.mul(2).toFloats());
    step.close();
    assertArrayEquals(new float[] {1, 2}, x.toFloats());
    model.close();
  }

  @Test
  void lendsTheMemoryOfABorrowedTensorToo() {
    Scope first = Scope.open("first");
    Scope second = Scope.open("second");
    Scope third = Scope.open("third");
    Tensor x = first.tensor(Shape.of(2), 1f, 2f);
    Tensor through = x.in(second).in(third);
    assertTrue(illegal(second::close).startsWith("scope 'second' closed while lent: 'third' is"));
    assertTrue(
        illegal(first::close)
            .matches(
                "scope 'first' closed while lent: 'second' is open \\(.*\\) and 'third' is open"
                    + " \\(.*\\)"));
    third.close();
    assertEquals("in: scope 'third' is closed", illegal(() -> through.in(second)));
    second.close();
    first.close();
  }

  @Test
  void refusesToLendToAScopeThatClosesLater() {
    try (Scope scope = Scope.open("root");
        Scope step = scope.child("step")) {
      Tensor x = step.tensor(Shape.of(2), 1f, 2f);
      assertEquals(
          "in: scope 'root' closes after 'root/step', from which it would borrow: copyTo(scope)"
              + " makes a copy",
          illegal(() -> x.in(scope)));
      assertArrayEquals(new float[] {1, 2}, x.copyTo(scope).toFloats());
    }
  }

  @Test
  void belongsToOneThread() throws Exception {
    Scope scope = Scope.open("root");
    Scope step = scope.child("step");
    Tensor x = step.tensor(Shape.of(2), 1f, 2f);
    String own = Thread.currentThread().getName();
    String tail = "belongs to thread '" + own + "', used from 'guest': pass it on with handOver";
    List<Executable> uses =
        List.of(
            () -> x.add(x),
            () -> x.copyFrom(1f, 2f),
            () -> x.fill(1),
            () -> x.set(1, 0),
            () -> step.zeros(DType.F32, Shape.of(2)),
            () -> step.child("deeper"),
            () -> step.handOver(Thread.currentThread()),
            step::close);
    List<String> users =
        List.of("add", "copyFrom", "fill", "set", "allocate", "child", "handOver", "close");
    on(
        "guest",
        () -> {
          for (int i = 0; i < uses.size(); i++) {
            assertEquals(
                users.get(i) + ": scope 'root/step' " + tail, illegal(uses.get(i)), users.get(i));
          }
          return null;
        });
    step.close();
    scope.close();
  }

  @Test
  void isHandedOver() throws Exception {
    Scope scope = Scope.open("root");
    Scope step = scope.child("step");
    Tensor x = step.tensor(Shape.of(2), 1f, 2f);
    BlockingQueue<Thread> owner = new ArrayBlockingQueue<>(1);
    Thread own = Thread.currentThread();
    FutureTask<float[]> task =
        new FutureTask<>(
            () -> {
              owner.take();
              float[] values = x.mul(2).toFloats();
              step.close();
              scope.handOver(own);
              return values;
            });
    Thread guest = Thread.ofPlatform().name("guest").start(task);
    step.handOver(guest);
    assertEquals(
        "affine: scope 'root/step' belongs to thread 'guest', used from '"
            + own.getName()
            + "': pass it on with handOver",
        illegal(() -> x.mul(2)));
    owner.put(guest);
    assertArrayEquals(new float[] {2, 4}, task.get(30, TimeUnit.SECONDS));
    scope.close();
  }

  @Test
  void isReleasedToWhoeverComesNext() throws Exception {
    Scope scope = Scope.open("root");
    scope.release();
    on(
        "first",
        () -> {
          scope.own();
          scope.zeros(DType.F32, Shape.of(2));
          scope.release();
          return null;
        });
    on(
        "guest",
        () -> {
          scope.zeros(DType.F32, Shape.of(2));
          String message = on("visitor", () -> illegal(() -> scope.child("step")));
          assertEquals(
              "child: scope 'root' belongs to thread 'guest', used from 'visitor': pass it on with"
                  + " handOver",
              message);
          scope.release();
          return null;
        });
    scope.close();
  }

  /** The identity, whose step does something on the way. */
  private record Meddling(String name, Runnable meddle) implements Op {
    @Override
    public Specs infer(Specs in) {
      return new Affine(1, 0).infer(in);
    }

    @Override
    public Step prepare(Operands operands) {
      Step copy = new Affine(1, 0).prepare(operands);
      return () -> {
        meddle.run();
        copy.run();
      };
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(grads.at(0));
    }
  }

  @Test
  void refusesToCloseWhileAKernelRuns() {
    try (Scope scope = Scope.open("root");
        Scope step = scope.child("step")) {
      Tensor x = step.tensor(Shape.of(2), 1f, 2f);
      AtomicReference<String> own = new AtomicReference<>();
      new Meddling("closing", () -> own.set(illegal(step::close))).apply(x);
      assertEquals("scope 'root/step' closed while kernel 'closing' runs on it", own.get());

      AtomicReference<String> outer = new AtomicReference<>();
      new Meddling("closing", () -> outer.set(illegal(scope::close))).apply(x);
      assertTrue(
          outer.get().startsWith("scope 'root' closed while 'root/step' is open"), outer.get());
    }
  }

  @Test
  void refusesToCloseFromElsewhereWhileAKernelRuns() throws Exception {
    try (Scope scope = Scope.open("root")) {
      Tensor x = scope.tensor(Shape.of(2), 1f, 2f);
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch refused = new CountDownLatch(1);
      FutureTask<String> closing =
          new FutureTask<>(
              () -> {
                assertTrue(started.await(30, TimeUnit.SECONDS));
                String message = illegal(scope::close);
                refused.countDown();
                return message;
              });
      Thread.ofPlatform().name("guest").start(closing);
      Tensor y =
          new Meddling(
                  "blocking",
                  () -> {
                    started.countDown();
                    try {
                      assertTrue(refused.await(30, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  })
              .apply(x);
      assertEquals(
          "scope 'root' closed while kernel 'blocking' runs on it",
          closing.get(30, TimeUnit.SECONDS));
      assertArrayEquals(new float[] {1, 2}, y.toFloats());
    }
  }

  @Test
  void aKernelMayUseOperatorsAndScopesOfItsOwn() {
    try (Scope scope = Scope.open("root")) {
      Tensor x = scope.tensor(Shape.of(2), 1f, 2f);
      AtomicReference<String> after = new AtomicReference<>();
      new Meddling(
              "nesting",
              () -> {
                try (Scope own = scope.child("own")) {
                  assertArrayEquals(new float[] {2, 4}, x.in(own).mul(2).toFloats());
                  assertArrayEquals(new float[] {3, 6}, x.mul(3).toFloats());
                }
                after.set(illegal(scope::close));
              })
          .apply(x);
      assertEquals("scope 'root' closed while kernel 'nesting' runs on it", after.get());
    }
  }

  @Test
  void aFailedKernelLeavesTheScopeUsable() {
    try (Scope scope = Scope.open("root")) {
      Tensor x = scope.tensor(Shape.of(2), 1f, 2f);
      Op failing =
          new Meddling(
              "failing",
              () -> {
                throw new ArithmeticException("no");
              });
      assertEquals(
          "no", assertThrows(ArithmeticException.class, () -> failing.apply(x)).getMessage());
      assertArrayEquals(new float[] {2, 4}, x.mul(2).toFloats());
    }
  }

  @Test
  void noticesASavedValueOverwrittenBeforeBackward() {
    try (Scope scope = Scope.open("root")) {
      Tensor x = scope.tensor(Shape.of(2), 1.0, 2.0).tracked();
      Tensor y = scope.tensor(Shape.of(2), 3.0, 4.0);
      Tensor product = x.mul(y).sum();
      y.set(5, 0);
      y.fill(6);
      assertEquals(
          "mul: input 1 was overwritten before backward: f64 [2] (written 2 times since)",
          illegal(() -> Gradients.of(product)));

      Tensor relu = x.relu();
      Tensor loss = relu.sum();
      relu.copyFrom(7.0, 8.0);
      assertEquals(
          "relu: output 0 was overwritten before backward: f64 [2] (written 1 times since)",
          illegal(() -> Gradients.of(loss)));

      // Nobody saved these.
      Tensor sum = x.add(y).sum();
      y.fill(0);
      assertArrayEquals(new double[] {1, 1}, Gradients.of(sum).get(x).toDoubles());
    }
  }

  @Test
  void noticesAWriteThroughAViewOrABorrowedTensor() {
    try (Scope scope = Scope.open("root");
        Scope step = scope.child("step")) {
      Tensor x = scope.tensor(Shape.of(4), 1.0, 2, 3, 4);
      Tensor loss = x.in(step).tracked().square().sum();
      x.reshape(2, 2).set(9, 0, 0);
      assertEquals(
          "square: input 0 was overwritten before backward: f64 [4] (written 1 times since)",
          illegal(() -> Gradients.of(loss)));
    }
  }

  @Test
  void keepsToItsLimit() {
    Scope.Options options = Scope.Options.standard().limit(256 << 10);
    try (Scope scope = Scope.open("root", options)) {
      scope.zeros(DType.F32, Shape.of(10));
      MemoryLimitException thrown =
          assertThrows(MemoryLimitException.class, () -> scope.empty(DType.F32, Shape.of(100_000)));
      assertEquals(
          "scope 'root': limit of 256.0 KiB exceeded: 64.0 KiB reserved, 390.6 KiB asked",
          thrown.getMessage());
      assertEquals(64 << 10, scope.usage().reserved(), "nothing was allocated");
      Scope step = scope.child("step");
      step.empty(DType.F32, Shape.of(40_000));
      assertThrows(MemoryLimitException.class, () -> step.empty(DType.F32, Shape.of(40_000)));
      step.close();
      Scope next = scope.child("next");
      next.empty(DType.F32, Shape.of(40_000));
      next.close();
      assertTrue(scope.usage().reserved() <= 256 << 10, scope.usage().toString());
    }
  }

  @Test
  void aMisfitWithinTheLimitStillFits() {
    Scope.Options options = Scope.Options.standard().limit(1 << 20);
    try (Scope scope = Scope.open("root", options)) {
      scope.empty(DType.U8, Shape.of(700 << 10));
      // Twice what the scope holds would be the next slab; what is asked for fits alone.
      assertEquals(200 << 10, scope.empty(DType.U8, Shape.of(200 << 10)).size());
    }
  }

  @Test
  void repeatedStepsReserveNoMoreMemory() {
    try (Scope scope = Scope.open("root")) {
      Tensor w = scope.normal(DType.F32, Shape.of(64, 8));
      long reserved = 0;
      for (int round = 0; round < 50; round++) {
        try (Scope step = scope.child("step")) {
          Tensor x = step.normal(DType.F32, Shape.of(500, 64));
          Tensor loss = x.mul(w.in(step).slice(1, 0, 1).reshape(64)).tracked().sum();
          Gradients.of(loss);
          Scope inner = step.child("inner");
          inner.zeros(DType.F32, Shape.of(10_000));
          inner.close();
        }
        if (round == 5) {
          reserved = scope.usage().reserved();
        }
      }
      assertEquals(reserved, scope.usage().reserved());
      assertEquals(1, scope.usage().tensors());
    }
  }

  @Test
  void freshMemoryOfAStepIsThatOfTheStepBefore() {
    try (Scope scope = Scope.open("root")) {
      Scope first = scope.child("first");
      long at = first.empty(DType.F32, Shape.of(1000)).memory().address();
      first.close();
      Scope second = scope.child("second");
      assertEquals(at, second.empty(DType.F32, Shape.of(1000)).memory().address());
      second.close();
    }
  }

  @Test
  void drawsTheSameNumbersFromTheSameSeed() {
    Scope.Options seven = Scope.Options.standard().seed(7);
    float[] first;
    try (Scope scope = Scope.open("root", seven)) {
      first = scope.normal(Shape.of(100)).toFloats();
      assertNotEquals(first[0], scope.normal(Shape.of(100)).toFloats()[0], "the next stream");
    }
    try (Scope scope = Scope.open("root", seven)) {
      assertArrayEquals(first, scope.normal(Shape.of(100)).toFloats());
      double[] uniform = scope.uniform(DType.F64, Shape.of(1000)).toDoubles();
      assertTrue(Arrays.stream(uniform).allMatch(x -> x >= 0 && x < 1));
      assertTrue(Math.abs(Arrays.stream(uniform).average().orElseThrow() - 0.5) < 0.05);
    }
    try (Scope scope = Scope.open("root", Scope.Options.standard().seed(8))) {
      assertNotEquals(first[0], scope.normal(Shape.of(100)).toFloats()[0]);
    }
  }

  @Test
  void writesItself() {
    Scope scope = Scope.open("root");
    scope.zeros(DType.F64, Shape.of(1 << 20));
    assertEquals("scope 'root' (1 tensors, 8.0 MiB)", scope.toString());
    assertEquals("root/a/b", name(scope));
    scope.close();
  }

  private static String name(Scope scope) {
    try (Scope a = scope.child("a");
        Scope b = a.child("b")) {
      return b.name();
    }
  }

  private static void leak() {
    Scope.open("leaking").zeros(DType.F32, Shape.of(1000));
  }

  @Test
  void reportsATreeThatNobodyClosed() throws Exception {
    BlockingQueue<String> messages = new ArrayBlockingQueue<>(100);
    List<LogRecord> all = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            all.add(record);
            String message = new SimpleFormatter().formatMessage(record);
            if (message.contains("'leaking'")) {
              messages.add(message);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(Scope.class.getName());
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      leak();
      String message = null;
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (message == null && System.nanoTime() < end) {
        System.gc();
        message = messages.poll(50, TimeUnit.MILLISECONDS);
      }
      assertTrue(
          message != null
              && message.matches(
                  "scope 'leaking' was never closed \\(64\\.0 KiB; opened at"
                      + " ScopeTest\\.java:\\d+\\)"),
          message);
      Scope closed = Scope.open("closed");
      closed.close();
      assertTrue(
          all.stream()
              .map(record -> new SimpleFormatter().formatMessage(record))
              .noneMatch(text -> text.contains("'closed'")));
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(handler);
    }
  }
}
