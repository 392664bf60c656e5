package dev.lanewise.tensor;

/** An operator or its gradient made a NaN or an infinity, see {@link Scope#detectAnomaly}. */
public final class AnomalyException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  AnomalyException(String message) {
    super(message);
  }
}
