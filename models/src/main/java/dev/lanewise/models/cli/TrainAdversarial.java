package dev.lanewise.models.cli;

import dev.lanewise.kernel.Philox;
import dev.lanewise.models.zoo.AdversarialGoal;
import dev.lanewise.models.zoo.AdversarialPair;
import dev.lanewise.models.zoo.ClassScore;
import dev.lanewise.models.zoo.DigitsNetwork;
import dev.lanewise.models.zoo.PictureGrid;
import dev.lanewise.nn.Fit;
import dev.lanewise.nn.Model;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the generative adversarial network of the zoo and judges what it draws. */
@Command(
    name = "gan",
    mixinStandardHelpOptions = true,
    description = "Train a generative adversarial network on pictures of digits.")
final class TrainAdversarial implements Callable<Integer> {
  private static final int SIDE = 28;
  private static final int SHOWN = 10;
  private static final int BATCH = 64;
  private static final int JUDGED = 10_000;

  @Mixin private RunOptions options;

  @Option(names = "--resume", description = "go on from the checkpoint of the last epoch")
  private boolean resume;

  @Option(
      names = "--gradient-penalty",
      description = "train by the Wasserstein distance with a penalty on gradients")
  private boolean gradientPenalty;

  private final PrintStream out = System.out;

  /** For picocli. */
  TrainAdversarial() {}

  @Override
  public Integer call() throws IOException {
    Digits digits = options.digits(out);
    Path output = options.output("gan");
    try (Model judge = judge(digits);
        AdversarialPair pair = new AdversarialPair(options.seed(), goal())) {
      int real = (int) Math.min(JUDGED, digits.test().size());
      said("real test pictures", judge, Digits.pictures(digits.test(), real));
      out.println(pair.generatorModel().summary());
      out.println(pair.discriminatorModel().summary());
      int epochs = options.epochs(20);
      Path checkpoint = output.resolve("checkpoint.safetensors");
      long first = 1;
      if (resume) {
        first += pair.restore(checkpoint);
        out.printf("resumed: %s, before epoch %d%n", checkpoint, first);
      }
      for (long epoch = first; epoch <= epochs; epoch++) {
        long start = System.nanoTime();
        AdversarialPair.Epoch result = pair.train(digits.train(), BATCH);
        out.printf(
            Locale.ROOT,
            "epoch %d/%d: discriminator loss %.3f, waited %d; generator loss %.3f, waited %d of %d"
                + " steps, %.1f s%n",
            epoch,
            epochs,
            result.discriminatorLoss(),
            result.discriminatorWaited(),
            result.generatorLoss(),
            result.generatorWaited(),
            result.steps(),
            (System.nanoTime() - start) / 1e9);
        draw(pair, output.resolve("epoch-%02d.png".formatted(epoch)));
        pair.save(checkpoint, epoch);
      }
      pair.generatorModel().save(output.resolve("generator.safetensors"));
      said("made pictures", judge, pair.sample(JUDGED, new Philox(options.seed(), 6)));
    }
    return 0;
  }

  private AdversarialGoal goal() {
    return gradientPenalty
        ? AdversarialGoal.Wasserstein.standard()
        : AdversarialGoal.CrossEntropy.balanced();
  }

  /** The digits network, trained on the same pictures; it is trained once and kept. */
  private Model judge(Digits digits) throws IOException {
    Path file = options.output("gan").resolve("judge.safetensors");
    if (Files.exists(file)) {
      return DigitsNetwork.layers().read(file);
    }
    out.println("training the judge");
    Model model = DigitsNetwork.fresh(options.seed());
    model.fit(digits.train(), Fit.epochs(3).listener(new TrainingBar(out)));
    model.save(file);
    return model;
  }

  private void said(String what, Model judge, float[][] pictures) {
    ClassScore score = ClassScore.of(judge.predict(pictures));
    out.printf(
        Locale.ROOT,
        "%s: class score %.2f of at most 10; shares of the digits %s%n",
        what,
        score.score(),
        score.shares().stream()
            .map(share -> String.format(Locale.ROOT, "%.1f %%", 100 * share))
            .collect(Collectors.joining(", ")));
  }

  /** The same noise every time, so that pictures of epochs can be compared. */
  private void draw(AdversarialPair pair, Path file) throws IOException {
    float[][] pictures = pair.sample(SHOWN * SHOWN, new Philox(options.seed(), 5));
    PictureGrid grid = new PictureGrid(SHOWN, SHOWN, SIDE);
    for (int i = 0; i < pictures.length; i++) {
      grid.put(i / SHOWN, i % SHOWN, pictures[i]);
    }
    grid.write(file);
  }
}
