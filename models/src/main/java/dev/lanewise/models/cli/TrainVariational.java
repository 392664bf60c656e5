package dev.lanewise.models.cli;

import dev.lanewise.kernel.Philox;
import dev.lanewise.models.zoo.PictureGrid;
import dev.lanewise.models.zoo.VariationalAutoencoder;
import dev.lanewise.nn.data.DataSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains the variational autoencoder of the zoo. */
@Command(
    name = "vae",
    mixinStandardHelpOptions = true,
    description = "Train a variational autoencoder on pictures of digits.")
final class TrainVariational implements Callable<Integer> {
  private static final int SIDE = 28;
  private static final int SHOWN = 12;
  private static final int BATCH = 128;

  @Mixin private RunOptions options;

  private final PrintStream out = System.out;

  /** For picocli. */
  TrainVariational() {}

  @Override
  public Integer call() throws IOException {
    Digits digits = options.digits(out);
    Path output = options.output("vae");
    DataSet train = digits.train().reshaped(VariationalAutoencoder.PIXELS);
    DataSet test = digits.test().reshaped(VariationalAutoencoder.PIXELS);
    try (VariationalAutoencoder vae = new VariationalAutoencoder(options.seed())) {
      out.println(vae.encoderModel().summary());
      out.println(vae.decoderModel().summary());
      int epochs = options.epochs(20);
      for (int epoch = 1; epoch <= epochs; epoch++) {
        long start = System.nanoTime();
        double loss = vae.train(train, BATCH);
        out.printf(
            Locale.ROOT,
            "epoch %d/%d: negative bound %.2f nats, %.1f s%n",
            epoch,
            epochs,
            loss,
            (System.nanoTime() - start) / 1e9);
      }
      out.printf(
          Locale.ROOT,
          "test: negative bound %.2f nats per picture, %d pictures%n",
          vae.evaluate(test),
          test.size());
      draw(vae, Digits.pictures(test, SHOWN), output);
      vae.encoderModel().save(output.resolve("encoder.safetensors"));
      vae.decoderModel().save(output.resolve("decoder.safetensors"));
      out.printf("saved: %s%n", output.resolve("{encoder,decoder}.safetensors"));
    }
    return 0;
  }

  private void draw(VariationalAutoencoder vae, float[][] pictures, Path output)
      throws IOException {
    PictureGrid reconstructions = new PictureGrid(2, SHOWN, SIDE);
    float[][] means = vae.encode(pictures);
    fill(reconstructions, 0, pictures);
    fill(reconstructions, 1, vae.decode(means));
    reconstructions.write(output.resolve("reconstructions.png"));

    PictureGrid samples = new PictureGrid(SHOWN, SHOWN, SIDE);
    for (int row = 0; row < SHOWN; row++) {
      float[][] latent = new float[SHOWN][VariationalAutoencoder.LATENT];
      for (int i = 0; i < SHOWN; i++) {
        Philox stream = new Philox(options.seed(), 100L + row).substream(i);
        for (int j = 0; j < latent[i].length; j++) {
          latent[i][j] = (float) stream.normal(j);
        }
      }
      fill(samples, row, vae.decode(latent));
    }
    samples.write(output.resolve("samples.png"));

    PictureGrid walk = new PictureGrid(SHOWN / 2, SHOWN, SIDE);
    for (int row = 0; row < SHOWN / 2; row++) {
      fill(walk, row, vae.decode(between(means[2 * row], means[2 * row + 1])));
    }
    walk.write(output.resolve("walk.png"));
    out.printf(
        "drawn: %s: reconstructions, samples, and walks from one picture to another%n",
        output.resolve("{reconstructions,samples,walk}.png"));
  }

  private static void fill(PictureGrid grid, int row, float[][] pictures) {
    for (int i = 0; i < pictures.length; i++) {
      grid.put(row, i, pictures[i]);
    }
  }

  /** Points on the line from one latent place to another. */
  private static float[][] between(float[] from, float[] to) {
    float[][] places = new float[SHOWN][];
    for (int i = 0; i < SHOWN; i++) {
      float part = i / (SHOWN - 1f);
      places[i] = Arrays.copyOf(from, from.length);
      for (int j = 0; j < from.length; j++) {
        places[i][j] += part * (to[j] - from[j]);
      }
    }
    return places;
  }
}
