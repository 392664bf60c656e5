package dev.lanewise.kernel.scalar;

import dev.lanewise.kernel.Comparison;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;

/**
 * The elementwise loops and reductions in plain Java, the reference of every other provider.
 *
 * <p>A kernel's class is loaded when it is first asked for.
 */
public final class ScalarLoops {
  private ScalarLoops() {}

  /** The loop of a function of one operand. */
  public static MapKernel map(Lane lane, Element element) {
    return switch (element) {
      case F32 ->
          switch (lane) {
            case EACH_MAP -> F32EachMap.KERNEL;
            default ->
                throw new IllegalArgumentException(
                    "map: " + lane + " has " + lane.arity() + " operands");
          };
      case F64 ->
          switch (lane) {
            case EACH_MAP -> F64EachMap.KERNEL;
            default ->
                throw new IllegalArgumentException(
                    "map: " + lane + " has " + lane.arity() + " operands");
          };
    };
  }

  /** The loop of a function of two operands. */
  public static ZipKernel zip(Lane lane, Element element) {
    return switch (element) {
      case F32 ->
          switch (lane) {
            case EACH_ZIP -> F32EachZip.KERNEL;
            default ->
                throw new IllegalArgumentException(
                    "zip: " + lane + " has " + lane.arity() + " operands");
          };
      case F64 ->
          switch (lane) {
            case EACH_ZIP -> F64EachZip.KERNEL;
            default ->
                throw new IllegalArgumentException(
                    "zip: " + lane + " has " + lane.arity() + " operands");
          };
    };
  }

  /** The loop of a function of three operands. */
  public static TernaryKernel ternary(Lane lane, Element element) {
    return switch (element) {
      case F32 ->
          switch (lane) {
            case EACH_TERNARY -> F32EachTernary.KERNEL;
            default ->
                throw new IllegalArgumentException(
                    "ternary: " + lane + " has " + lane.arity() + " operands");
          };
      case F64 ->
          switch (lane) {
            case EACH_TERNARY -> F64EachTernary.KERNEL;
            default ->
                throw new IllegalArgumentException(
                    "ternary: " + lane + " has " + lane.arity() + " operands");
          };
    };
  }

  /** The loop of a relation: operands of {@code element}, the result one byte 0 or 1. */
  public static ZipKernel compare(Comparison comparison, Element element) {
    return switch (element) {
      case F32 ->
          switch (comparison) {
            case EACH_COMPARE -> F32EachCompare.KERNEL;
          };
      case F64 ->
          switch (comparison) {
            case EACH_COMPARE -> F64EachCompare.KERNEL;
          };
    };
  }

  /** The folds of rows and columns with a function. */
  public static ReduceKernel reduce(Reduction reduction, Element element) {
    return switch (element) {
      case F32 ->
          switch (reduction) {
            case EACH_REDUCE -> F32EachReduce.KERNEL;
          };
      case F64 ->
          switch (reduction) {
            case EACH_REDUCE -> F64EachReduce.KERNEL;
          };
    };
  }
}
