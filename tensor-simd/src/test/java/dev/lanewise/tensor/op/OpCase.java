package dev.lanewise.tensor.op;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.check.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One operator with one set of attributes, and what is expected of it. Made by {@link OpContract}'s
 * factories; each method below adds one statement and returns the case.
 */
final class OpCase {
  /** What the operator computes, written down a second time. */
  @FunctionalInterface
  interface Oracle {
    /** The outputs in row-major order, as many of them as the oracle knows. */
    double[][] outputs(double[][] inputs, Shape[] shapes);
  }

  /**
   * Operands that the operator refuses.
   *
   * @param message the whole of it
   * @param inputs the operands
   */
  record Reject(String message, List<Spec> inputs) {}

  final Op op;
  final Domain[] domains;
  final Shapes shapes;
  final Tolerance tolerance;
  final List<Reject> rejects = new ArrayList<>();
  Oracle oracle;
  Oracle magnitudes;
  Function<Shape[], Shape> shape;
  String withoutGradient;
  String notFinite;
  boolean smooth;
  boolean variadic;
  long constants;

  OpCase(Op op, Shapes shapes, Tolerance tolerance, Domain... domains) {
    this.op = op;
    this.shapes = shapes;
    this.tolerance = tolerance;
    this.domains = domains;
  }

  /** The same function, written independently of the kernels, in double. */
  OpCase oracle(Oracle function) {
    oracle = function;
    return this;
  }

  /** The first output's shape. */
  OpCase gives(Function<Shape[], Shape> outputShape) {
    shape = outputShape;
    return this;
  }

  /**
   * For {@link Tolerance#sum}: per output element the sum of the magnitudes of what is added up. By
   * default the operator itself on the magnitudes of its inputs, which is right where it is linear
   * in each input.
   */
  OpCase magnitudes(Oracle function) {
    magnitudes = function;
    return this;
  }

  /** Operands of these types and shapes are refused with exactly this message. */
  OpCase rejects(String message, Spec... inputs) {
    rejects.add(new Reject(message, List.of(inputs)));
    return this;
  }

  /** F32 operands of these shapes are refused with exactly this message. */
  OpCase rejects(String message, Shape... inputs) {
    Spec[] specs = new Spec[inputs.length];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = Spec.of(DType.F32, inputs[i]);
    }
    return rejects(message, specs);
  }

  /** The gradient has a gradient: both are checked. */
  OpCase smooth() {
    smooth = true;
    return this;
  }

  /** No gradient exists, for the reason given in {@code GradientCoverageTest}'s closed list. */
  OpCase withoutGradient(String reason) {
    withoutGradient = reason;
    return this;
  }

  /** Input {@code i} is a constant to the gradient although it is floating. */
  OpCase constant(int i) {
    constants |= 1L << i;
    return this;
  }

  /** NaN and infinities are not tested, for this reason. */
  OpCase finiteOnly(String reason) {
    notFinite = reason;
    return this;
  }

  /** The operator takes any number of operands. */
  OpCase variadic() {
    variadic = true;
    return this;
  }

  boolean isConstant(int i) {
    return (constants >>> i & 1) != 0;
  }

  boolean isAnyType() {
    for (Domain domain : domains) {
      if (domain.isAnyType()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    String attributes = op.toString();
    return op.name() + attributes.substring(op.getClass().getSimpleName().length());
  }
}
