package dev.lanewise.kernel.simd;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Loops that C2 compiles by themselves, whoever calls them.
 *
 * <p>C2 inlines a loop into its caller until the caller's budget of nodes is spent. A method that
 * calls several loops spends it in the middle of one, whose vectors are then boxed; which one it
 * is, and whether it happens at all, depends on what has run before. C2 does not see through a
 * method handle that is no constant, so behind one a loop has the budget to itself. Such a handle
 * is a field of an object: one that is {@code static final} would be a constant. A call costs some
 * nanoseconds more.
 */
final class Apart {
  private Apart() {}

  /** A handle of a static method that returns nothing, found by whoever may call it. */
  static MethodHandle loop(MethodHandles.Lookup owner, String name, Class<?>... parameters) {
    try {
      MethodType type = MethodType.methodType(void.class, parameters);
      return owner.findStatic(owner.lookupClass(), name, type);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("kernel: no loop " + name + " in " + owner, e);
    }
  }

  /** What a loop has thrown: it declares nothing that is checked. */
  static RuntimeException thrown(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }
}
