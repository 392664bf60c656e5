package dev.lanewise.models.cli;

import dev.lanewise.models.zoo.Autoencoder;
import dev.lanewise.models.zoo.PictureGrid;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.Augmentation;
import dev.lanewise.nn.data.DataSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains an autoencoder of the zoo: two commands, {@code autoencoder} and {@code denoise}. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Train an autoencoder on pictures of digits, plain or to take noise away.")
final class TrainAutoencoder implements Callable<Integer> {
  private static final int SIDE = 28;
  private static final int SHOWN = 12;
  private static final double NOISE = 0.4;

  @Mixin private RunOptions options;

  private final boolean denoise;
  private final PrintStream out = System.out;

  /** The command, for the convolutional one that takes noise from pictures or for the plain one. */
  TrainAutoencoder(boolean denoise) {
    this.denoise = denoise;
  }

  @Override
  public Integer call() throws IOException {
    Digits digits = options.digits(out);
    Path output = options.output(denoise ? "denoise" : "autoencoder");
    DataSet train = sample(digits.train());
    DataSet test = sample(digits.test());
    try (Model model =
        denoise
            ? Autoencoder.freshDenoising(options.seed())
            : Autoencoder.freshDense(options.seed())) {
      out.println(model.summary());
      Fit fit =
          Fit.epochs(options.epochs(denoise ? 5 : 25))
              .batch(128)
              .validation(seen(test).to(test))
              .listener(new TrainingBar(out));
      InterruptibleFit.run(model, seen(train).to(train), fit, output, out);
      int count = Math.toIntExact(test.size());
      float[][] originals = Digits.pictures(test, count);
      float[][] given = Digits.pictures(seen(test), count);
      float[][] made = model.predict(given);
      out.printf(
          Locale.ROOT,
          "test: mean squared error %.5f on %d pictures, of the input %.5f%n",
          error(made, originals),
          count,
          error(given, originals));
      draw(originals, given, made, output.resolve("pictures.png"));
      Path file = output.resolve("weights.safetensors");
      model.save(file);
      out.printf("saved: %s%n", file);
    }
    return 0;
  }

  /** Pictures in the shape that the network takes. */
  private DataSet sample(DataSet pictures) {
    return denoise ? pictures : pictures.reshaped(SIDE * SIDE);
  }

  /** What the network is shown of pictures. */
  private DataSet seen(DataSet pictures) {
    return denoise ? pictures.augmented(options.seed(), Augmentation.noise(NOISE)) : pictures;
  }

  private static double error(float[][] made, float[][] originals) {
    double sum = 0;
    for (int i = 0; i < made.length; i++) {
      for (int j = 0; j < made[i].length; j++) {
        double difference = made[i][j] - originals[i][j];
        sum += difference * difference;
      }
    }
    return sum / ((double) made.length * made[0].length);
  }

  /** Originals, what the network was shown where that differs, and what it made of it. */
  private void draw(float[][] originals, float[][] given, float[][] made, Path file)
      throws IOException {
    int rows = denoise ? 3 : 2;
    PictureGrid grid = new PictureGrid(rows, SHOWN, SIDE);
    for (int i = 0; i < SHOWN; i++) {
      grid.put(0, i, originals[i]);
      if (denoise) {
        grid.put(1, i, given[i]);
      }
      grid.put(rows - 1, i, made[i]);
    }
    grid.write(file);
    out.printf("drawn: %s, originals over %s%n", file, denoise ? "noise over results" : "results");
  }
}
