package dev.lanewise.tensor;

import dev.lanewise.kernel.Element;

/**
 * An element type: its name, its kind and its width.
 *
 * <p>Arithmetic exists for {@link #F32} and {@link #F64}; the others are data that can be created,
 * moved, indexed with, compared and cast.
 *
 * @param name the name that errors and prints show, such as {@code f32}
 * @param kind what the bits mean
 * @param bits width of one element
 */
public record DType(String name, Kind kind, int bits) {
  /** What the bits of an element mean. */
  public enum Kind {
    /** IEEE 754 binary floating point. */
    FLOAT,
    /** Two's complement. */
    SIGNED,
    /** Unsigned binary. */
    UNSIGNED,
    /** One byte, 0 or 1. */
    BOOLEAN
  }

  public static final DType F64 = new DType("f64", Kind.FLOAT, 64);
  public static final DType F32 = new DType("f32", Kind.FLOAT, 32);
  public static final DType I64 = new DType("i64", Kind.SIGNED, 64);
  public static final DType I32 = new DType("i32", Kind.SIGNED, 32);
  public static final DType I16 = new DType("i16", Kind.SIGNED, 16);
  public static final DType I8 = new DType("i8", Kind.SIGNED, 8);
  public static final DType U8 = new DType("u8", Kind.UNSIGNED, 8);
  public static final DType BOOL = new DType("bool", Kind.BOOLEAN, 8);

  /** Size of one element in bytes. */
  public int bytes() {
    return bits >> 3;
  }

  /** Whether arithmetic operators and gradients exist for this type. */
  public boolean isFloating() {
    return kind == Kind.FLOAT;
  }

  /**
   * The kernels' name of this type.
   *
   * @throws IllegalArgumentException where no arithmetic kernels exist for it
   */
  public Element element() {
    if (kind == Kind.FLOAT) {
      if (bits == 32) {
        return Element.F32;
      }
      if (bits == 64) {
        return Element.F64;
      }
    }
    throw new IllegalArgumentException("dtype: no arithmetic on " + name + ": cast to f32 or f64");
  }

  @Override
  public String toString() {
    return name;
  }
}
