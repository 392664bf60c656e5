package dev.lanewise.kernel;

/** The associative functions that rows and columns can be folded with. */
public enum Reduction {
  /** EACH_DOC */
  EACH_REDUCE,
}
