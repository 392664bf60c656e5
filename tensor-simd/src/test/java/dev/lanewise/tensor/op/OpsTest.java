package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OpsTest {
  @Test
  void isSorted() {
    List<String> names = Ops.all().stream().map(Class::getSimpleName).toList();
    assertEquals(names.stream().sorted().toList(), names);
  }

  @Test
  void namesOperatorsInLowerCamelCase() {
    assertEquals("leakyRelu", new LeakyRelu(0.1).name());
    assertEquals("geluGrad", new Gelu.Grad(Gelu.Form.TANH).name());
    assertEquals("lessOrEqual", Ops.LESS_OR_EQUAL.name());
  }
}
