package dev.lanewise.tensor;

/**
 * Operators' names, made once per class: the class's own in lower camel case, after that of the
 * operator it is nested in.
 */
final class OpName extends ClassValue<String> {
  private static final OpName NAMES = new OpName();

  private OpName() {}

  static String of(Class<? extends Op> type) {
    return NAMES.get(type);
  }

  @Override
  protected String computeValue(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    boolean nested = outer != null && Op.class.isAssignableFrom(outer);
    String name = (nested ? outer.getSimpleName() : "") + type.getSimpleName();
    return name.isEmpty()
        ? type.getName()
        : Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }
}
