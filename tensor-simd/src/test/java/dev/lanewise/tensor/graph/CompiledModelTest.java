package dev.lanewise.tensor.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.HeapMeter;
import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CompiledModelTest {
  private static final Engine ENGINE = Engine.of(CpuProfile.detected(), Workers.of(1));

  private final Scope scope = Scope.open("test", Scope.Options.standard().engine(ENGINE));

  @AfterEach
  void close() {
    scope.close();
  }

  private static Spec floats(long... extents) {
    return Spec.of(DType.F32, Shape.of(extents));
  }

  private static CompiledModel compile(Spec input, Function<Tensor, Tensor> model) {
    return CompiledModel.record(
        ENGINE, List.of(input), given -> new Tensor[] {model.apply(given[0])});
  }

  private Function<Tensor, Tensor> layers() {
    Tensor w1 = scope.normal(Shape.of(6, 9)).tracked();
    Tensor b1 = scope.normal(Shape.of(9)).tracked();
    Tensor w2 = scope.normal(Shape.of(9, 4)).tracked();
    return x ->
        x.matmul(w1.in(x.scope())).add(b1.in(x.scope())).relu().matmul(w2.in(x.scope())).softmax(1);
  }

  @Test
  void givesTheBitsOfEagerCode() {
    Function<Tensor, Tensor> layers = layers();
    Tensor x = scope.normal(Shape.of(5, 6));
    try (CompiledModel model = compile(x.spec(), layers);
        Session session = model.session()) {
      for (int run = 0; run < 3; run++) {
        x.copyInto(session.input(0));
        session.run();
        assertArrayEquals(layers.apply(x).toFloats(), session.output(0).toFloats());
        x.fill(run - 1);
      }
    }
  }

  @Test
  void weightsAreCopiedWhenItIsRecorded() {
    Tensor w = scope.tensor(Shape.of(2), 3f, 4f).tracked();
    try (CompiledModel model = compile(floats(2), x -> x.mul(w.in(x.scope())));
        Session session = model.session()) {
      w.fill(100);
      session.input(0).fill(1);
      session.run();
      assertArrayEquals(new float[] {3, 4}, session.output(0).toFloats());
    }
  }

  @Test
  void whatDependsOnWeightsAloneIsComputedOnce() {
    Tensor w = scope.tensor(Shape.of(2), 3f, 4f).tracked();
    try (CompiledModel model = compile(floats(2), x -> x.mul(w.in(x.scope()).square().neg()))) {
      assertEquals(1, model.graph().nodes().size());
      assertEquals("mul [f32 [2], constant f32 [2]] -> [f32 [2]]\n", model.graph().toString());
    }
  }

  @Test
  void deadBranchesAreLeftOut() {
    try (CompiledModel model =
        compile(
            floats(2),
            x -> {
              Tensor unused = x.exp();
              assertEquals(Shape.of(2), unused.shape());
              return x.neg();
            })) {
      assertEquals(1, model.graph().nodes().size());
    }
  }

  @Test
  void hasSeveralInputsAndOutputs() {
    try (CompiledModel model =
            CompiledModel.record(
                ENGINE,
                List.of(floats(2), floats(2)),
                in -> new Tensor[] {in[0].sub(in[1]), in[1], in[0].add(in[1])});
        Session session = model.session()) {
      session.input(0).copyFrom(5f, 6f);
      session.input(1).copyFrom(1f, 2f);
      session.run();
      assertArrayEquals(new float[] {4, 4}, session.output(0).toFloats());
      assertArrayEquals(new float[] {1, 2}, session.output(1).toFloats());
      assertArrayEquals(new float[] {6, 8}, session.output(2).toFloats());
    }
  }

  @Test
  void refusesAnOutputThatDoesNotDependOnTheInputs() {
    Tensor w = scope.tensor(Shape.of(2), 3f, 4f);
    assertEquals(
        "record: output 0 does not depend on the inputs: f32 [2]",
        assertThrows(IllegalArgumentException.class, () -> compile(floats(2), x -> w.neg()))
            .getMessage());
  }

  @Test
  void aModelThatRefusesItsInputsLeavesNothingOpen() {
    Tensor w = scope.tensor(Shape.of(3), 1f, 2f, 3f);
    assertEquals(
        "add: shapes do not broadcast: [2] x [3]",
        assertThrows(
                IllegalArgumentException.class,
                () -> compile(floats(2), x -> x.add(w.in(x.scope()))))
            .getMessage());
  }

  @Test
  void inputsStayAndOutputsLastUntilTheNextRun() {
    try (CompiledModel model = compile(floats(3), x -> x.neg().exp().neg());
        Session session = model.session()) {
      session.input(0).copyFrom(1f, 2f, 3f);
      session.run();
      float[] first = session.output(0).toFloats();
      session.run();
      assertArrayEquals(first, session.output(0).toFloats());
      assertArrayEquals(new float[] {1, 2, 3}, session.input(0).toFloats());
    }
  }

  @Test
  void sessionsInParallelGiveTheSameBits() throws Exception {
    Function<Tensor, Tensor> layers = layers();
    Tensor x = scope.normal(Shape.of(5, 6));
    float[] pixels = x.toFloats();
    float[] expected = layers.apply(x).toFloats();
    try (CompiledModel model = compile(x.spec(), layers);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        all.add(
            threads.submit(
                () -> {
                  int wrong = 0;
                  try (Session session = model.session()) {
                    for (int run = 0; run < 200; run++) {
                      session.input(0).copyFrom(pixels);
                      session.run();
                      wrong += Arrays.equals(expected, session.output(0).toFloats()) ? 0 : 1;
                    }
                  }
                  return wrong;
                }));
      }
      for (Future<Integer> one : all) {
        assertEquals(0, one.get());
      }
    }
  }

  @Test
  void twoCallersAtATimeAreRefused() throws InterruptedException {
    try (CompiledModel model = compile(floats(400, 400), x -> x.matmul(x).matmul(x));
        Session session = model.session()) {
      CountDownLatch started = new CountDownLatch(1);
      boolean[] stop = {false};
      Thread other =
          Thread.ofPlatform()
              .start(
                  () -> {
                    synchronized (stop) {
                      started.countDown();
                    }
                    boolean stopped = false;
                    while (!stopped) {
                      try {
                        session.run();
                      } catch (IllegalStateException e) {
                        // It is the other caller's turn, which the test waits for.
                        Thread.onSpinWait();
                      }
                      synchronized (stop) {
                        stopped = stop[0];
                      }
                    }
                  });
      started.await();
      String message = null;
      while (message == null) {
        try {
          session.run();
        } catch (IllegalStateException e) {
          message = e.getMessage();
        }
      }
      synchronized (stop) {
        stop[0] = true;
      }
      other.join();
      assertEquals(
          "session: used by two callers at the same time: open one session for each", message);
    }
  }

  @Test
  void closesInOrderOnly() {
    CompiledModel model = compile(floats(2), Tensor::neg);
    Session session = model.session();
    assertEquals(
        "model: closed while 1 of its sessions is open",
        assertThrows(IllegalStateException.class, model::close).getMessage());
    session.close();
    assertThrows(IllegalStateException.class, session::run);
    model.close();
    assertEquals(
        "session: the model is closed",
        assertThrows(IllegalStateException.class, model::session).getMessage());
  }

  @Test
  void refusesInputsAndOutputsItDoesNotHave() {
    try (CompiledModel model = compile(floats(2), Tensor::neg);
        Session session = model.session()) {
      assertEquals(
          "session: no input 1: the model has 1",
          assertThrows(IndexOutOfBoundsException.class, () -> session.input(1)).getMessage());
      assertEquals(
          "session: no output -1: the model has 1",
          assertThrows(IndexOutOfBoundsException.class, () -> session.output(-1)).getMessage());
    }
  }

  @Test
  void warmUpSaysWhatItSaw() {
    try (CompiledModel model = compile(floats(2), Tensor::neg);
        Session session = model.session()) {
      Session.WarmUp none = session.warmUp(Duration.ZERO);
      assertEquals(1, none.runs());
      assertFalse(none.isSteady());
      Session.WarmUp steady = session.warmUp();
      assertTrue(steady.isSteady() && steady.runs() > 100, steady::toString);
    }
  }

  @Test
  void aChainOfElementwiseNodesLivesInOneRegion() {
    try (CompiledModel one = compile(floats(100), Tensor::neg);
        CompiledModel many = compile(floats(100), x -> x.neg().exp().tanh().add(1).relu())) {
      assertEquals(2 * 448, one.plannedBytes());
      assertEquals(one.plannedBytes(), many.plannedBytes());
    }
  }

  @Test
  void valuesThatDoNotLiveTogetherShareMemory() {
    Tensor w = scope.normal(Shape.of(64, 64));
    try (CompiledModel model =
        compile(
            floats(4, 64),
            x -> {
              Tensor right = w.in(x.scope());
              return x.matmul(right).matmul(right).matmul(right).matmul(right).matmul(right);
            })) {
      assertEquals(3 * 4 * 64 * 4, model.plannedBytes());
    }
  }

  @Test
  @Tag("warm")
  void runAllocatesNothing() {
    try (CompiledModel model = compile(floats(5, 6), layers());
        Session session = model.session()) {
      for (int i = 0; i < 20_000; i++) {
        session.run();
      }
      long least = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 20 && least > 0; attempt++) {
        least =
            Math.min(
                least,
                HeapMeter.allocated(
                    () -> {
                      for (int i = 0; i < 100; i++) {
                        session.run();
                      }
                    }));
      }
      assertEquals(0, least);
    }
  }
}
