package dev.lanewise.tensor.check;

/** A gradient that differs from the slope of its function. */
public final class GradCheckError extends AssertionError {
  private static final long serialVersionUID = 1L;

  GradCheckError(String message) {
    super(message);
  }
}
