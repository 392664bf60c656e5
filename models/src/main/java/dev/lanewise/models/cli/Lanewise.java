package dev.lanewise.models.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code lanewise} command. */
@Command(
    name = "lanewise",
    mixinStandardHelpOptions = true,
    version = "lanewise 0.1.0",
    description = "Deep learning in pure Java.",
    subcommands = {
      Demo.class,
      Predict.class,
      Explain.class,
      TrainPerceptron.class,
      TrainVariational.class,
      TrainAdversarial.class,
      TrainForecaster.class,
      TrainCharacters.class
    })
public final class Lanewise {
  private Lanewise() {}

  /**
   * Runs a subcommand and exits with 0, with 1 if it failed, or with 2 if it was not understood.
   */
  public static void main(String[] arguments) {
    System.exit(run(words(arguments)));
  }

  /** The words of the command; {@code mvn -Ddemo="gan --resume"} hands all of them over as one. */
  static String[] words(String... arguments) {
    return arguments.length == 1 ? arguments[0].strip().split("\\s+") : arguments;
  }

  /** As {@link #main}, returning the exit code. */
  static int run(String... arguments) {
    return new CommandLine(new Lanewise())
        .addSubcommand("autoencoder", new TrainAutoencoder(false))
        .addSubcommand("denoise", new TrainAutoencoder(true))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println(command.getColorScheme().errorText(said(failure)));
              return 1;
            })
        .execute(arguments);
  }

  /** What a user is told: the message of an expected failure, the whole trace of another. */
  private static String said(Exception failure) {
    return failure instanceof java.io.IOException || failure instanceof IllegalArgumentException
        ? "lanewise: " + failure.getMessage()
        : CommandLine.Help.Ansi.OFF.text("lanewise: " + trace(failure)).toString();
  }

  private static String trace(Exception failure) {
    java.io.StringWriter text = new java.io.StringWriter();
    failure.printStackTrace(new java.io.PrintWriter(text, true));
    return text.toString();
  }
}
