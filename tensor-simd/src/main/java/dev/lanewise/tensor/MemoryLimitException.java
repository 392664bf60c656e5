package dev.lanewise.tensor;

/** A scope's limit on native memory does not allow what was asked; nothing was allocated. */
public final class MemoryLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MemoryLimitException(String message) {
    super(message);
  }
}
