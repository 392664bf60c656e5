package dev.lanewise.nn.io;

/**
 * Reads JSON (RFC 8259) value by value, in the order of the text, for formats whose structure is
 * known.
 *
 * <p>Only what a format asks for is accepted: strings, whole numbers, objects and arrays. What does
 * not fit is a {@link Malformed} with its position.
 */
final class Json {
  /** The text is not what the format asks for. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  private final String text;
  private int at;

  Json(String text) {
    this.text = text;
  }

  /** Opens an object; then call {@link #key} until it returns null. */
  void beginObject() throws Malformed {
    expect('{');
  }

  /**
   * The next key of an object, its colon read too, or null where the object ends, its brace read.
   *
   * @param first whether no key of this object has been read yet
   */
  String key(boolean first) throws Malformed {
    if (skip() == '}') {
      at++;
      return null;
    }
    if (!first) {
      expect(',');
    }
    String key = string();
    expect(':');
    return key;
  }

  /** Opens an array; then call {@link #element} until it returns false. */
  void beginArray() throws Malformed {
    expect('[');
  }

  /**
   * Whether another element follows; if not, the closing bracket has been read.
   *
   * @param first whether no element of this array has been read yet
   */
  boolean element(boolean first) throws Malformed {
    if (skip() == ']') {
      at++;
      return false;
    }
    if (!first) {
      expect(',');
    }
    return true;
  }

  /** A number without sign, fraction or exponent that fits a long. */
  long wholeNumber() throws Malformed {
    skip();
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == from) {
      throw unexpected("a whole number");
    }
    String digits = text.substring(from, at);
    try {
      if (digits.length() == 1 || digits.charAt(0) != '0') {
        return Long.parseLong(digits);
      }
    } catch (NumberFormatException _) {
      // Too large; reported as any other number that is none.
    }
    throw new Malformed(
        "'" + clipped(digits) + "' at character " + from + " is no number of 63 bits");
  }

  /** A string. */
  String string() throws Malformed {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw unexpected("'\"'");
      }
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c < ' ') {
        throw new Malformed("control character " + (int) c + " in a string at " + (at - 1));
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws Malformed {
    char c = at < text.length() ? text.charAt(at++) : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hexadecimal();
      default -> throw new Malformed("unknown escape in a string at character " + (at - 1));
    };
  }

  private char hexadecimal() throws Malformed {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
      if (digit < 0) {
        throw new Malformed("\\u without four hexadecimal digits before character " + at);
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  /** Checks that nothing but white space follows. */
  void end() throws Malformed {
    skip();
    if (at < text.length()) {
      throw unexpected("the end");
    }
  }

  private void expect(char wanted) throws Malformed {
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

  private Malformed unexpected(String wanted) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new Malformed(wanted + " expected at character " + at + ", " + found + " found");
  }

  private static String clipped(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "...";
  }

  /** A string as JSON has it, quotes included. */
  static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
