package dev.lanewise.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The specs of an operator's inputs or outputs, in order. Immutable. */
public final class Specs {
  private final Spec[] specs;

  private Specs(Spec[] specs) {
    this.specs = specs;
  }

  /** These specs. */
  public static Specs of(Spec... specs) {
    return new Specs(specs.clone());
  }

  /** One row-major spec. */
  public static Specs of(DType dtype, Shape shape) {
    return new Specs(new Spec[] {Spec.of(dtype, shape)});
  }

  static Specs of(Tensor[] tensors) {
    Spec[] specs = new Spec[tensors.length];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = tensors[i].spec();
    }
    return new Specs(specs);
  }

  /** How many there are. */
  public int size() {
    return specs.length;
  }

  /** Spec {@code i}. */
  public Spec at(int i) {
    return specs[i];
  }

  /** The first spec of those there are. */
  public Spec first() {
    return specs[0];
  }

  /** Shape {@code i}. */
  public Shape shape(int i) {
    return specs[i].shape();
  }

  /** All of them. */
  public List<Spec> asList() {
    return List.of(specs);
  }

  /**
   * An error in the house's form: {@code <operator>: <what is wrong>: <all operands>}.
   *
   * @param operator the operator's name
   * @param wrong what is wrong
   */
  public IllegalArgumentException error(String operator, String wrong) {
    return new IllegalArgumentException(operator + ": " + wrong + ": " + this);
  }

  /**
   * Checks the number of operands.
   *
   * @throws IllegalArgumentException if there are not {@code count} of them
   */
  public void requireCount(String operator, int count) {
    if (specs.length != count) {
      throw error(operator, count + " operands expected, " + specs.length + " given");
    }
  }

  /**
   * Checks that operand {@code i} is f32 or f64 and that all floating operands are of one type.
   *
   * @throws IllegalArgumentException if not
   */
  public DType requireFloating(String operator) {
    DType dtype = specs[0].dtype();
    for (Spec spec : specs) {
      if (!spec.dtype().isFloating()) {
        throw error(operator, "f32 or f64 expected, not " + spec.dtype() + ": cast first");
      }
      if (!spec.dtype().equals(dtype)) {
        throw error(operator, "element types differ");
      }
    }
    return dtype;
  }

  /** The operands as errors show them: shapes, with the types where they differ. */
  @Override
  public String toString() {
    boolean oneType = Arrays.stream(specs).map(Spec::dtype).distinct().count() == 1;
    return Arrays.stream(specs)
        .map(spec -> oneType ? spec.shape().toString() : spec.toString())
        .collect(Collectors.joining(" x "));
  }
}
