package dev.lanewise.cpu;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * The settings of a process. {@link #standard} is the one place that reads the engine's system
 * properties:
 *
 * <ul>
 *   <li>{@code lanewise.provider}: {@code simd} or {@code scalar}; by default whichever the JVM can
 *       run.
 *   <li>{@code lanewise.vectorBits}: 128, 256 or 512; by default the JVM's preferred width.
 *   <li>{@code lanewise.threads}: a positive number; by default the processors that the process may
 *       use.
 *   <li>{@code lanewise.spinMicros}: how long threads wait awake for more work before they sleep,
 *       in microseconds, from zero; by default about what it costs to wake one up.
 * </ul>
 *
 * @param provider which implementation of the kernels to run
 * @param vectorBits the vector width asked for
 * @param threads the number of threads
 * @param spinMicros the microseconds that threads wait awake, if said
 */
public record Settings(
    Provider provider, OptionalInt vectorBits, int threads, OptionalInt spinMicros) {
  /** Which implementation of the kernels to run. */
  public enum Provider {
    /** {@link #SIMD} if the vector module is present, else {@link #SCALAR}. */
    AUTOMATIC,
    /** The Vector API. */
    SIMD,
    /** Plain Java. */
    SCALAR
  }

  private static final class Standard {
    static final Settings SETTINGS = read(System::getProperty);
  }

  /**
   * The settings of this process, read once.
   *
   * @throws IllegalArgumentException if a property is not understood
   */
  public static Settings standard() {
    return Standard.SETTINGS;
  }

  static Settings read(UnaryOperator<String> properties) {
    OptionalInt bits = number("lanewise.vectorBits", 1, properties);
    bits.ifPresent(
        n -> {
          if (n != 128 && n != 256 && n != 512) {
            throw new IllegalArgumentException(
                "lanewise.vectorBits: " + n + " is none of 128, 256, 512");
          }
        });
    int threads =
        number("lanewise.threads", 1, properties)
            .orElseGet(() -> Runtime.getRuntime().availableProcessors());
    OptionalInt spin = number("lanewise.spinMicros", 0, properties);
    return new Settings(provider(properties), bits, threads, spin);
  }

  private static Provider provider(UnaryOperator<String> properties) {
    String value = properties.apply("lanewise.provider");
    if (value == null) {
      return Provider.AUTOMATIC;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "simd" -> Provider.SIMD;
      case "scalar" -> Provider.SCALAR;
      default ->
          throw new IllegalArgumentException(
              "lanewise.provider: '" + value + "' is neither simd nor scalar");
    };
  }

  private static OptionalInt number(String name, int least, UnaryOperator<String> properties) {
    String value = properties.apply(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    int number;
    try {
      number = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": '" + value + "' is not a whole number", e);
    }
    if (number < least) {
      String expected = least == 0 ? "negative" : "not positive";
      throw new IllegalArgumentException(name + ": " + value + " is " + expected);
    }
    return OptionalInt.of(number);
  }
}
