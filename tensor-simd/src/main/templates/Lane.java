package dev.lanewise.kernel;

/** The functions of one to three numbers that elementwise loops exist for. */
public enum Lane {
  /** EACH_DOC */
  EACH_LANE(ARITY, ATTRIBUTES),
  ;

  private final int arity;
  private final int attributes;

  Lane(int arity, int attributes) {
    this.arity = arity;
    this.attributes = attributes;
  }

  /** Number of operands: 1 for a {@link MapKernel}, 2 for a zip, 3 for a ternary loop. */
  public int arity() {
    return arity;
  }

  /** How many of the attributes {@code p} and {@code q} the function has. */
  public int attributes() {
    return attributes;
  }
}
