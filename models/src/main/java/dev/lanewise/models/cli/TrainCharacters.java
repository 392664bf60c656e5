package dev.lanewise.models.cli;

import dev.lanewise.models.zoo.CharacterModel;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.data.CharacterText;
import dev.lanewise.nn.data.DataSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the character model of the zoo on a text and lets it write. */
@Command(
    name = "characters",
    mixinStandardHelpOptions = true,
    description = "Train an LSTM on a text, character by character, and let it write.")
final class TrainCharacters implements Callable<Integer> {
  private static final int BATCH = 64;
  private static final int STRIDE = 50;
  private static final int WRITTEN = 600;

  @Mixin private RunOptions options;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      description = "less than one for likelier characters (default: ${DEFAULT-VALUE})")
  private double temperature;

  private final PrintStream out = System.out;

  /** For picocli. */
  TrainCharacters() {}

  @Override
  public Integer call() throws IOException {
    Path output = options.output("characters");
    CharacterText text =
        options.hasData()
            ? CharacterText.read(options.data().resolve("input.txt"))
            : CharacterText.of(made());
    if (!options.hasData()) {
      out.println(
          "data: sums that this program writes itself; for a text give the directory of an"
              + " input.txt with -Dlanewise.data=DIR");
    }
    CharacterText.Split split = text.split(0.9);
    DataSet train = split.train().windows(CharacterModel.LENGTH, STRIDE);
    DataSet validation = split.validation().windows(CharacterModel.LENGTH, CharacterModel.LENGTH);
    int epochs = options.epochs(options.hasData() ? 6 : 3);
    long steps = epochs * Math.ceilDiv(train.size(), BATCH);
    int characters = text.vocabulary().size();
    try (Model model = CharacterModel.fresh(characters, steps, options.seed())) {
      out.println(model.summary());
      Fit fit =
          Fit.epochs(epochs).batch(BATCH).validation(validation).listener(new TrainingBar(out));
      InterruptibleFit.run(model, train, fit, output, out);
      out.printf(
          Locale.ROOT, "validation: %.4f nats per character%n", model.evaluate(validation).loss());
      String start = text.vocabulary().decode(split.validation().ids());
      start = start.substring(0, CharacterModel.LENGTH);
      out.printf(
          "written after the first %d characters of the validation text, temperature %s:%n%s|%s%n",
          CharacterModel.LENGTH,
          temperature,
          start,
          CharacterModel.write(
              model, text.vocabulary(), start, WRITTEN, temperature, options.seed()));
      Path file = output.resolve("characters.safetensors");
      model.save(file);
      out.printf("saved: %s%n", file);
    }
    return 0;
  }

  /** Lines such as {@code 17+25=42}. */
  private String made() {
    SplittableRandom random = new SplittableRandom(options.seed());
    StringBuilder lines = new StringBuilder();
    while (lines.length() < 60_000) {
      int a = random.nextInt(100);
      int b = random.nextInt(100);
      lines.append(a).append('+').append(b).append('=').append(a + b).append('\n');
    }
    return lines.toString();
  }
}
