package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.Augmentation;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose batches are assembled ahead is the run it is without, and leaves no thread. */
@Timeout(120)
class PrefetchFitTest {
  /** 95 pictures, so that the last batch is a short one, changed at random in every epoch. */
  private static final DataSet DATA =
      Synthetic.bars(95, 6, 1).augmented(1, Augmentation.noise(0.1), Augmentation.flip());

  private static final Fit PLAN = Fit.epochs(3).batch(10);

  @TempDir Path directory;

  @AfterEach
  void noThreadIsLeft() {
    assertEquals(List.of(), threads());
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lanewise-prefetch"))
        .toList();
  }

  private static Model model() {
    return Sequential.of(
            Input.of(6, 6, 1),
            Flatten.of(),
            Dropout.of(0.2),
            Dense.of(4).activation(Activation.SOFTMAX))
        .seed(3)
        .compile(Adam.of(0.01), SparseCategoricalCrossentropy.of());
  }

  private static float[][] weights(Model model) {
    return model.parameters().stream()
        .map(parameter -> parameter.tensor().toFloats())
        .toArray(float[][]::new);
  }

  private static float[][] trained(Fit fit) {
    try (Model model = model()) {
      model.fit(DATA, fit);
      return weights(model);
    }
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
    public DataSet epoch(Philox stream) {
      return new Watched(whole.epoch(stream), watcher);
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

  @Test
  void theWeightsAreTheSame() {
    Fit split = PLAN.validationSplit(0.2).keepBest(true);
    for (int ahead : new int[] {1, 2, 5, 20}) {
      assertTrue(Arrays.deepEquals(trained(PLAN), trained(PLAN.prefetch(ahead))), ahead + " ahead");
      assertTrue(Arrays.deepEquals(trained(split), trained(split.prefetch(ahead))));
    }
    Fit ordered = PLAN.shuffle(false);
    assertTrue(Arrays.deepEquals(trained(ordered), trained(ordered.prefetch(2))));
  }

  @Test
  void samplesAreReadOnAThreadOfItsOwn() {
    for (int ahead : new int[] {0, 2}) {
      Set<String> names = ConcurrentHashMap.newKeySet();
      try (Model model = model()) {
        DataSet watched = new Watched(DATA, _ -> names.add(Thread.currentThread().getName()));
        model.fit(watched, PLAN.prefetch(ahead));
      }
      assertEquals(
          Set.of(ahead == 0 ? Thread.currentThread().getName() : "lanewise-prefetch"), names);
    }
  }

  @Test
  void aRunIsResumedWithinAnEpoch() {
    float[][] whole = trained(PLAN);
    Path file = directory.resolve("run.safetensors");
    int[] steps = {0};
    trained(PLAN.prefetch(3).checkpoint(file, 2).stopWhen(() -> ++steps[0] == 15));
    assertEquals(List.of(), threads());
    assertTrue(
        Arrays.deepEquals(whole, trained(PLAN.prefetch(2).checkpoint(file, 2).resume(true))));
  }

  @Test
  void whatReadingThrowsEndsTheRun() {
    UncheckedIOException broken =
        new UncheckedIOException("sample 30", new IOException("the disk is gone"));
    DataSet failing =
        new Watched(
            DATA,
            sample -> {
              if (sample == 30) {
                throw broken;
              }
            });
    try (Model model = model()) {
      UncheckedIOException thrown =
          assertThrows(UncheckedIOException.class, () -> model.fit(failing, PLAN.prefetch(4)));
      assertSame(broken, thrown);
      assertEquals("the disk is gone", thrown.getCause().getMessage());
      assertEquals(List.of(), threads());
      model.fit(DATA, PLAN.prefetch(4));
    }
  }

  /** An error that no listener's failure is. */
  private static final class Unforeseen extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void theThreadEndsWithARunThatIsStoppedOrFails() {
    FitListener stopping =
        new FitListener() {
          private TrainingControl control;

          @Override
          public void onFitBegin(Model model, Fit fit, TrainingControl given) {
            control = given;
          }

          @Override
          public void onBatchEnd(Progress progress) {
            assertEquals(1, threads().size());
            control.stop("enough");
          }
        };
    FitListener failing =
        new FitListener() {
          @Override
          public void onBatchEnd(Progress progress) {
            throw new Unforeseen();
          }
        };
    try (Model model = model()) {
      assertEquals(
          "enough", model.fit(DATA, PLAN.prefetch(3).listener(stopping)).reason().orElseThrow());
      assertEquals(List.of(), threads());
      assertThrows(Unforeseen.class, () -> model.fit(DATA, PLAN.prefetch(3).listener(failing)));
    }
  }

  @Test
  void aNumberOfBatchesIsExpected() {
    assertEquals(0, PLAN.prefetch());
    assertEquals(
        "fit: batches ahead at least 0, not -1",
        assertThrows(IllegalArgumentException.class, () -> PLAN.prefetch(-1)).getMessage());
  }
}
