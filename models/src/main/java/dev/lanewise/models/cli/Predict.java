package dev.lanewise.models.cli;

import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.nn.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says which digit a picture shows. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Predict the digit in a picture with a saved model.")
final class Predict implements Callable<Integer> {
  @Option(
      names = "--model",
      defaultValue = "models/target/demo/digits.safetensors",
      description = "weights that the demo saved (default: ${DEFAULT-VALUE})")
  private Path model;

  @Parameters(
      paramLabel = "PICTURE",
      description = "a picture of one digit, dark on light or light on dark")
  private Path picture;

  /** For picocli. */
  Predict() {}

  @Override
  public Integer call() throws IOException {
    float[] pixels = DigitPicture.read(picture);
    try (Model digits = DigitsNetwork.layers().read(model)) {
      float[] probabilities = digits.predict(new float[][] {pixels})[0];
      int digit = Digits.classOf(probabilities);
      System.out.printf(
          Locale.ROOT, "%s: %d (%.1f %%)%n", picture, digit, 100 * probabilities[digit]);
    }
    return 0;
  }
}
