package dev.lanewise.nn.io;

import dev.lanewise.tensor.DType;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The element types of safetensors files that can be read, by their names there. */
enum StoredType {
  F64(8),
  F32(4),
  /** IEEE 754 binary16; read as f32, which holds every value of it. */
  F16(2),
  /** The upper half of an f32; read as f32. */
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  /** The size of an element in the file. */
  final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** The type that tensors have in memory. */
  DType dtype() {
    return switch (this) {
      case F64 -> DType.F64;
      case F32, F16, BF16 -> DType.F32;
      case I64 -> DType.I64;
      case I32 -> DType.I32;
      case I16 -> DType.I16;
      case I8 -> DType.I8;
      case U8 -> DType.U8;
      case BOOL -> DType.BOOL;
    };
  }

  /** The type of this name, or null. */
  static StoredType named(String name) {
    for (StoredType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** The type that holds a tensor's elements as they are, or null. */
  static StoredType of(DType dtype) {
    for (StoredType type : values()) {
      if (type.dtype().equals(dtype) && type.bytes == dtype.bytes()) {
        return type;
      }
    }
    return null;
  }

  /** All names, for errors. */
  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  /** Whether elements are widened when they are read. */
  boolean isNarrow() {
    return bytes != dtype().bytes();
  }

  /** An element of a narrow type as f32. */
  float widened(short bits) {
    return this == F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }
}
