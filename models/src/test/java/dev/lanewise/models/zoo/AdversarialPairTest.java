package dev.lanewise.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.DataSet;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdversarialPairTest {
  private static final DataSet PICTURES = DrawnDigits.of(96, 1);

  @TempDir Path directory;

  @Test
  void hasTheShapesThatAreSaid() {
    try (AdversarialPair pair = new AdversarialPair(1)) {
      String summary = pair.generatorModel().summary();
      assertTrue(summary.contains("(None, 7, 7, 128)"), summary);
      assertTrue(summary.contains("(None, 14, 14, 64)"), summary);
      assertTrue(summary.contains("(None, 28, 28, 1)"), summary);
      float[][] samples = pair.sample(3, new Philox(1, 1));
      assertEquals(784, samples[0].length);
      for (float pixel : samples[2]) {
        assertTrue(pixel >= 0 && pixel <= 1, "pixel " + pixel);
      }
    }
  }

  /** Both learn, wait or not in every step, and a restored pair goes on bit for bit. */
  @Test
  void trainsInTurnAndGoesOnFromItsCheckpoint() throws IOException {
    Path file = directory.resolve("pair.safetensors");
    float[][] whole;
    try (AdversarialPair pair = new AdversarialPair(2)) {
      float[][] before = pair.sample(1, new Philox(3, 3));
      AdversarialPair.Epoch epoch = pair.train(PICTURES, 32);
      assertEquals(3, epoch.steps());
      assertTrue(epoch.discriminatorWaited() <= 3 && epoch.generatorWaited() <= 3);
      assertTrue(epoch.discriminatorLoss() > 0 && epoch.generatorLoss() > 0);
      assertTrue(
          !java.util.Arrays.equals(before[0], pair.sample(1, new Philox(3, 3))[0]),
          "the generator has learned");
      pair.save(file, 1);
      pair.train(PICTURES, 32);
      whole = pair.sample(2, new Philox(3, 3));
    }
    try (AdversarialPair pair = new AdversarialPair(9)) {
      assertEquals(1, pair.restore(file));
    }
    try (AdversarialPair pair = new AdversarialPair(2)) {
      pair.restore(file);
      pair.train(PICTURES, 32);
      float[][] resumed = pair.sample(2, new Philox(3, 3));
      assertArrayEquals(whole[0], resumed[0]);
      assertArrayEquals(whole[1], resumed[1]);
    }
  }
}
