package dev.lanewise.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints a tensor as NumPy 2.4 prints an array with its standard options: brackets nested by axis,
 * columns aligned, the fewest digits that tell a number from its neighbours but eight at most after
 * the point, the middle left out from a thousand elements on, exponents where magnitudes are very
 * large, very small or far apart.
 */
final class TensorText {
  private static final int DIGITS = 8;
  private static final int THRESHOLD = 1000;
  private static final int EDGE = 3;
  private static final int LINE = 75;
  private static final String GAP = "...";

  private final Tensor tensor;
  private final boolean summarised;
  private final List<String> cells;
  private int next;

  private TensorText(Tensor tensor) {
    this.tensor = tensor;
    this.summarised = tensor.size() > THRESHOLD;
    List<Long> shown = new ArrayList<>();
    collect(shown, 0, 0);
    this.cells = aligned(tensor, shown);
  }

  static String of(Tensor tensor) {
    if (!tensor.scope().isOpen()) {
      return tensor.spec() + " of closed scope '" + tensor.scope().name() + "'";
    }
    if (tensor.rank() == 0) {
      return scalar(tensor);
    }
    if (tensor.size() == 0) {
      return "[]";
    }
    StringBuilder out = new StringBuilder();
    new TensorText(tensor).print(out, 0);
    return out.toString();
  }

  private static String scalar(Tensor tensor) {
    DType dtype = tensor.dtype();
    if (!dtype.isFloating()) {
      return whole(tensor, 0);
    }
    double value = tensor.doubleAt(0);
    if (!Double.isFinite(value)) {
      return notFinite(value);
    }
    BigDecimal digits = shortest(value, dtype);
    double magnitude = Math.abs(value);
    if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < (dtype.bits() == 32 ? 1e6 : 1e16))) {
      return sign(value) + digits.setScale(Math.max(1, digits.scale())).toPlainString();
    }
    String text = scientific(value, digits, 0, 2);
    return text.replace(".e", "e");
  }

  /** Row-major numbers of the elements that are printed. */
  private void collect(List<Long> numbers, int axis, long base) {
    if (axis == tensor.rank()) {
      numbers.add(base);
      return;
    }
    long extent = tensor.extent(axis);
    for (long i = 0; i < extent; i++) {
      if (omits(extent) && i == EDGE) {
        i = extent - EDGE;
      }
      collect(numbers, axis + 1, base * extent + i);
    }
  }

  private boolean omits(long extent) {
    return summarised && extent > 2 * EDGE;
  }

  private void print(StringBuilder out, int axis) {
    if (axis == tensor.rank()) {
      out.append(cells.get(next++));
      return;
    }
    long extent = tensor.extent(axis);
    boolean row = axis == tensor.rank() - 1;
    int column = axis + 1;
    out.append('[');
    for (long i = 0; i < extent; i++) {
      boolean gap = omits(extent) && i == EDGE;
      int width = gap ? GAP.length() : cells.getFirst().length();
      if (i > 0) {
        // A row leaves room for the brackets around it.
        if (row && column + 1 + width < LINE - axis) {
          out.append(' ');
          column++;
        } else {
          while (row && out.charAt(out.length() - 1) == ' ') {
            out.setLength(out.length() - 1);
          }
          out.append("\n".repeat(row ? 1 : tensor.rank() - axis - 1)).append(" ".repeat(axis + 1));
          column = axis + 1;
        }
      }
      if (gap) {
        out.append(GAP);
        i = extent - EDGE - 1;
      } else {
        print(out, axis + 1);
      }
      column += width;
    }
    out.append(']');
  }

  /** The elements' texts, all of one width. */
  private static List<String> aligned(Tensor tensor, List<Long> numbers) {
    List<String> texts = new ArrayList<>();
    if (tensor.dtype().isFloating()) {
      double[] values = new double[numbers.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.doubleAt(numbers.get(i));
      }
      return new Reals(values, tensor.dtype()).texts();
    }
    int width = tensor.dtype().kind() == DType.Kind.BOOLEAN ? "False".length() : 0;
    for (long number : numbers) {
      texts.add(whole(tensor, number));
      width = Math.max(width, texts.getLast().length());
    }
    int widest = width;
    texts.replaceAll(text -> padded(text, widest));
    return texts;
  }

  private static String whole(Tensor tensor, long number) {
    long value = tensor.longAt(number);
    return tensor.dtype().kind() == DType.Kind.BOOLEAN
        ? (value != 0 ? "True" : "False")
        : Long.toString(value);
  }

  private static String padded(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String notFinite(double value) {
    return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }

  private static String sign(double value) {
    return Double.doubleToRawLongBits(value) < 0 ? "-" : "";
  }

  /** The magnitude in the fewest digits that tell it from its neighbours in the element type. */
  private static BigDecimal shortest(double value, DType dtype) {
    boolean single = dtype.bits() == 32;
    double magnitude = Math.abs(value);
    String text = single ? Float.toString((float) magnitude) : Double.toString(magnitude);
    BigDecimal digits = new BigDecimal(text);
    // Java prints the least numbers with a digit more than it takes.
    BigDecimal fewer = digits.round(new MathContext(1, RoundingMode.HALF_EVEN));
    double parsed =
        single ? Float.parseFloat(fewer.toString()) : Double.parseDouble(fewer.toString());
    return (parsed == magnitude ? fewer : digits).stripTrailingZeros();
  }

  /** {@code d.ddde+xx} with this many digits in the fraction and the exponent. */
  private static String scientific(
      double value, BigDecimal digits, int fractionDigits, int exponentDigits) {
    String all = digits.unscaledValue().toString();
    int exponent = digits.signum() == 0 ? 0 : all.length() - 1 - digits.scale();
    String power = Integer.toString(Math.abs(exponent));
    return sign(value)
        + all.charAt(0)
        + "."
        + all.substring(1)
        + "0".repeat(Math.max(0, fractionDigits - (all.length() - 1)))
        + (exponent < 0 ? "e-" : "e+")
        + "0".repeat(Math.max(0, exponentDigits - power.length()))
        + power;
  }

  /** Floating elements, in one of two forms for all of them. */
  private static final class Reals {
    private final double[] values;
    private final DType dtype;
    private final boolean scientific;

    Reals(double[] values, DType dtype) {
      this.values = values;
      this.dtype = dtype;
      this.scientific = isScientific();
    }

    /** Decided in the precision of the element type. */
    private boolean isScientific() {
      double largest = 0;
      double smallest = Double.POSITIVE_INFINITY;
      for (double value : values) {
        double magnitude = Math.abs(value);
        if (magnitude != 0 && Double.isFinite(magnitude)) {
          largest = Math.max(largest, magnitude);
          smallest = Math.min(smallest, magnitude);
        }
      }
      if (largest == 0) {
        return false;
      }
      return dtype.bits() == 32
          ? largest >= 1e6 || smallest < 1e-4f || (float) largest / (float) smallest > 1e3f
          : largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1e3;
    }

    List<String> texts() {
      int whole = 0;
      int fraction = 0;
      int exponent = 0;
      boolean notFinite = false;
      int widest = 0;
      for (double value : values) {
        if (Double.isFinite(value)) {
          String text = text(value);
          int point = text.indexOf('.');
          int end = scientific ? text.indexOf('e') : text.length();
          whole = Math.max(whole, point);
          fraction = Math.max(fraction, end - point - 1);
          exponent = Math.max(exponent, text.length() - end - 2);
        } else {
          notFinite = true;
          widest = Math.max(widest, notFinite(value).length());
        }
      }
      int width = whole + 1 + fraction + (scientific ? exponent + 2 : 0);
      width = notFinite ? Math.max(width, widest) : width;
      List<String> texts = new ArrayList<>(values.length);
      for (double value : values) {
        texts.add(padded(cell(value, fraction, exponent), width));
      }
      return texts;
    }

    private String cell(double value, int fraction, int exponent) {
      if (!Double.isFinite(value)) {
        return notFinite(value);
      }
      if (scientific) {
        // Where others show more digits, these are the number's own, beyond the fewest.
        BigDecimal digits = rounded(value, fraction);
        return TensorText.scientific(value, digits, fraction, exponent);
      }
      String text = text(value);
      return text + " ".repeat(fraction - (text.length() - text.indexOf('.') - 1));
    }

    /** The fewest digits, cut off after the eighth of the fraction. */
    private String text(double value) {
      BigDecimal digits = shortest(value, dtype);
      if (scientific) {
        boolean fits = digits.precision() <= DIGITS + 1;
        return TensorText.scientific(value, fits ? digits : rounded(value, DIGITS), 0, 2);
      }
      if (digits.scale() > DIGITS) {
        digits = new BigDecimal(Math.abs(value)).setScale(DIGITS, RoundingMode.HALF_EVEN);
        digits = digits.stripTrailingZeros();
      }
      String text = digits.setScale(Math.max(0, digits.scale())).toPlainString();
      return sign(value) + (digits.scale() > 0 ? text : text + ".");
    }

    private static BigDecimal rounded(double value, int fractionDigits) {
      MathContext cut = new MathContext(fractionDigits + 1, RoundingMode.HALF_EVEN);
      return new BigDecimal(Math.abs(value)).round(cut).stripTrailingZeros();
    }
  }
}
