package dev.lanewise.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a program on the module path sees: named modules, and vector kernels without any flag. */
@Tag("modules")
final class ModulePathTest {
  @Test
  void theModulesAreNamed() {
    assertEquals("dev.lanewise.models", Lanewise.class.getModule().getName());
    assertEquals("dev.lanewise.tensor", Scope.class.getModule().getName());
  }

  @Test
  void theVectorModuleComesAlong() {
    assertTrue(Engine.standard().kernels().name().startsWith("simd"));
    try (Scope scope = Scope.open("modules")) {
      assertEquals(3, scope.tensor(Shape.of(2), 1f, 2f).sum().value());
    }
  }
}
