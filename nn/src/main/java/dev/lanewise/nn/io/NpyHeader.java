package dev.lanewise.nn.io;

import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of an npy file (numpy.lib.format): a magic number, the version, the header's length,
 * and a Python dictionary of {@code descr}, {@code fortran_order} and {@code shape}.
 *
 * @param bytes of the whole header: the data begin behind it
 */
record NpyHeader(
    StoredType type, ByteOrder byteOrder, boolean isColumnMajor, Shape shape, int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MOST_TEXT = 1 << 20;
  private static final int ALIGNMENT = 64;
  private static final String TYPES = "f8, f4, f2, i8, i4, i2, i1, u1, b1";

  /** How many bytes the elements take in the file. */
  long dataBytes() {
    return shape.size() * type.bytes;
  }

  /**
   * Reads a header.
   *
   * @param source named in errors
   */
  static NpyHeader read(String source, InputStream in) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !startsWithMagic(start)) {
      throw new IOException(source + ": no npy file: it does not begin with \\x93NUMPY");
    }
    int version = start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw new IOException(
          "%s: npy version %d.%d is not supported: 1.0, 2.0 or 3.0 expected"
              .formatted(source, start[6] & 0xff, start[7] & 0xff));
    }
    byte[] count = in.readNBytes(version == 1 ? 2 : 4);
    if (count.length < (version == 1 ? 2 : 4)) {
      throw new IOException(source + ": truncated: it ends before the header's length");
    }
    ByteBuffer length = ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN);
    long textBytes = version == 1 ? length.getShort() & 0xffff : length.getInt() & 0xffffffffL;
    if (textBytes > MOST_TEXT) {
      throw new IOException(
          "%s: no npy file: a header of %d bytes, at most %d expected"
              .formatted(source, textBytes, MOST_TEXT));
    }
    byte[] text = in.readNBytes((int) textBytes);
    if (text.length < textBytes) {
      throw new IOException(
          "%s: truncated: a header of %d bytes expected, %d found"
              .formatted(source, textBytes, text.length));
    }
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    int bytes = start.length + count.length + text.length;
    return parse(source, new String(text, charset), bytes);
  }

  private static boolean startsWithMagic(byte... start) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  private static NpyHeader parse(String source, String text, int bytes) throws IOException {
    Dictionary dictionary = new Dictionary(source, text);
    dictionary.read();
    String descr = dictionary.descr;
    StoredType type = type(descr.substring(1));
    char order = descr.charAt(0);
    if (type == null || "<>|=".indexOf(order) < 0 || (order == '|' && type.bytes > 1)) {
      throw new IOException(
          "%s: type '%s' is not supported: one of %s, after < or > where of several bytes"
              .formatted(source, descr, TYPES));
    }
    Shape shape;
    try {
      shape = Shape.of(dictionary.extents);
    } catch (IllegalArgumentException tooLarge) {
      throw new IOException(source + ": too large: " + tooLarge.getMessage(), tooLarge);
    }
    if (shape.size() > Long.MAX_VALUE / 16) {
      throw new IOException(source + ": too large: " + shape + " of '" + descr + "'");
    }
    ByteOrder byteOrder =
        switch (order) {
          case '>' -> ByteOrder.BIG_ENDIAN;
          case '=' -> ByteOrder.nativeOrder();
          default -> ByteOrder.LITTLE_ENDIAN;
        };
    return new NpyHeader(type, byteOrder, dictionary.columnMajor, shape, bytes);
  }

  private static StoredType type(String code) {
    return switch (code) {
      case "f8" -> StoredType.F64;
      case "f4" -> StoredType.F32;
      case "f2" -> StoredType.F16;
      case "i8" -> StoredType.I64;
      case "i4" -> StoredType.I32;
      case "i2" -> StoredType.I16;
      case "i1" -> StoredType.I8;
      case "u1" -> StoredType.U8;
      case "b1" -> StoredType.BOOL;
      default -> null;
    };
  }

  private static String descr(StoredType type) {
    String kind =
        switch (type) {
          case F64, F32, F16, BF16 -> "f";
          case I64, I32, I16, I8 -> "i";
          case U8 -> "u";
          case BOOL -> "b";
        };
    return (type.bytes == 1 ? "|" : "<") + kind + type.bytes;
  }

  /** The header, as NumPy writes it: version 1.0, data at a multiple of 64. */
  static byte[] write(StoredType type, boolean isColumnMajor, Shape shape) {
    StringBuilder extents = new StringBuilder("(");
    for (int axis = 0; axis < shape.rank(); axis++) {
      extents.append(axis == 0 ? "" : " ").append(shape.extent(axis)).append(',');
    }
    if (shape.rank() > 1) {
      extents.setLength(extents.length() - 1);
    }
    String text =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s), }"
            .formatted(descr(type), isColumnMajor ? "True" : "False", extents);
    int start = MAGIC.length + 4;
    int padded = (start + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (padded - start));
    header.put(text.getBytes(StandardCharsets.ISO_8859_1));
    while (header.remaining() > 1) {
      header.put((byte) ' ');
    }
    return header.put((byte) '\n').array();
  }

  /** Reads the three entries of a header's dictionary, in any order. */
  private static final class Dictionary {
    private final String source;
    private final String text;
    private int at;
    private String descr;
    private Boolean columnMajor;
    private long[] extents;

    Dictionary(String source, String text) {
      this.source = source;
      this.text = text;
    }

    void read() throws IOException {
      expect('{');
      while (skip() != '}') {
        String key = string();
        expect(':');
        switch (key) {
          case "descr" -> descr = type();
          case "fortran_order" -> columnMajor = truth();
          case "shape" -> extents = extents();
          default -> throw malformed("unknown entry '" + key + "'");
        }
        if (skip() != '}') {
          expect(',');
        }
      }
      at++;
      skip();
      if (at < text.length()) {
        throw unexpected("the end");
      }
      if (descr == null || columnMajor == null || extents == null) {
        throw malformed("one of 'descr', 'fortran_order' and 'shape' is missing");
      }
    }

    private String type() throws IOException {
      if (skip() == '[') {
        throw new IOException(
            source + ": records of several fields are not supported: one of " + TYPES);
      }
      String type = string();
      if (type.length() < 2) {
        throw malformed("'" + type + "' is no type");
      }
      return type;
    }

    private boolean truth() throws IOException {
      skip();
      for (String word : new String[] {"True", "False"}) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("True");
        }
      }
      throw unexpected("True or False");
    }

    private long[] extents() throws IOException {
      List<Long> numbers = new ArrayList<>();
      expect('(');
      boolean comma = true;
      while (skip() != ')') {
        if (!comma) {
          throw unexpected("','");
        }
        numbers.add(number());
        comma = skip() == ',';
        at += comma ? 1 : 0;
      }
      at++;
      return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    /** A whole number, with the suffix L that Python 2 wrote. */
    private long number() throws IOException {
      int from = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      if (at == from) {
        throw unexpected("an extent");
      }
      String digits = text.substring(from, at);
      if (at < text.length() && text.charAt(at) == 'L') {
        at++;
      }
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException tooLarge) {
        throw new IOException(source + ": too large: an extent of " + clipped(digits), tooLarge);
      }
    }

    private String string() throws IOException {
      char quote = skip();
      if (quote != '\'' && quote != '"') {
        throw unexpected("a string");
      }
      int end = text.indexOf(quote, at + 1);
      if (end < 0) {
        throw malformed("a string that begins at character " + at + " never ends");
      }
      String value = text.substring(at + 1, end);
      at = end + 1;
      return value;
    }

    private void expect(char wanted) throws IOException {
      if (skip() != wanted) {
        throw unexpected("'" + wanted + "'");
      }
      at++;
    }

    /** Skips white space; the character that follows, or 0 at the end. */
    private char skip() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
          return c;
        }
        at++;
      }
      return 0;
    }

    private IOException unexpected(String wanted) {
      String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
      return malformed(wanted + " expected at character " + at + ", " + found + " found");
    }

    private IOException malformed(String why) {
      return new IOException(source + ": malformed npy header: " + why);
    }

    private static String clipped(String value) {
      return value.length() <= 40 ? value : value.substring(0, 40) + "...";
    }
  }
}
