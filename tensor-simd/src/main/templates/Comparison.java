package dev.lanewise.kernel;

/** The relations between two numbers that loops exist for, with one byte 0 or 1 as result. */
public enum Comparison {
  /** EACH_DOC */
  EACH_COMPARE,
}
