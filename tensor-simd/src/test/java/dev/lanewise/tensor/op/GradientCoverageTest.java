package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestEngine;

/**
 * An operator without a gradient check does not build: every class of the module that implements
 * {@link Op} has a test that extends {@link OpContract} and names it, and that checks its gradient
 * unless the operator is on the closed list below.
 */
final class GradientCoverageTest {
  /** Operators without a gradient by nature. */
  private static final Map<String, String> WITHOUT_GRADIENT =
      Map.of(
          "ArgMax", "the output is an index, which jumps",
          "Compare", "the output is true or false",
          "OneHot", "the input is an index",
          "Sign", "the output is a step, flat on both sides",
          "Ties", "the output is a mask");

  /** Operators without a gradient for some attributes; for the others it is checked. */
  private static final Map<String, String> SOMETIMES_WITHOUT_GRADIENT =
      Map.of("Cast", "to integers, which jump");

  @Test
  void everyOperatorHasATestOfItsGradient() throws Exception {
    Set<String> operators = names(operators());
    Map<String, List<String>> checked = new TreeMap<>();
    Map<String, List<String>> exempt = new TreeMap<>();
    for (OpContract test : contracts()) {
      for (OpCase tested : test.cases()) {
        (tested.withoutGradient == null ? checked : exempt)
            .computeIfAbsent(name(tested.op.getClass()), op -> new ArrayList<>())
            .add(test.getClass().getSimpleName());
      }
    }

    Set<String> untested = new TreeSet<>(operators);
    untested.removeAll(checked.keySet());
    untested.removeAll(exempt.keySet());
    assertEquals(Set.of(), untested, "operators that no test extending OpContract names");

    Set<String> without = new TreeSet<>(exempt.keySet());
    without.removeAll(checked.keySet());
    assertEquals(WITHOUT_GRADIENT.keySet(), without, "operators that say withoutGradient");

    Set<String> sometimes = new TreeSet<>(exempt.keySet());
    sometimes.retainAll(checked.keySet());
    assertEquals(SOMETIMES_WITHOUT_GRADIENT.keySet(), sometimes, "operators that sometimes say it");
  }

  /** A check over no elements, or by a test that nobody runs, is none. */
  @Test
  void everyGradientCheckChecksSomething() throws Exception {
    Set<String> differentiated = new TreeSet<>();
    Set<String> empty = new TreeSet<>();
    for (OpContract test : contracts()) {
      Class<?> type = test.getClass();
      assertTrue(type.getSimpleName().endsWith("Test"), type + ": would not be found");
      assertFalse(test.cases().isEmpty(), type + ": names no operator");
      for (Class<?> at = type; at != null; at = at.getEnclosingClass()) {
        assertFalse(at.isAnnotationPresent(Disabled.class), type + ": is disabled");
        assertFalse(at.isAnnotationPresent(net.jqwik.api.Disabled.class), type + ": is disabled");
      }
      for (OpCase tested : test.cases()) {
        if (tested.withoutGradient == null) {
          (hasElements(tested) ? differentiated : empty).add(name(tested.op.getClass()));
        }
      }
    }
    empty.removeAll(differentiated);
    assertEquals(Set.of(), empty, "operators differentiated by no element");
  }

  private static boolean hasElements(OpCase tested) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20; i++) {
      Shape[] shapes = tested.shapes.chosen(Extents.chosen(random::nextInt));
      for (int input = 0; input < shapes.length; input++) {
        if (tested.domains[input].isFloating()
            && !tested.isConstant(input)
            && shapes[input].size() > 1) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void theContractChecksGradientsInEveryTest() throws Exception {
    Method check = OpContract.class.getDeclaredMethod("gradientIsTheSlope", List.class);
    assertTrue(Modifier.isFinal(check.getModifiers()), "no test may override the check");
    Property property = check.getAnnotation(Property.class);
    assertNotNull(property, "the check is a property");
    assertTrue(property.tries() >= 5, "the check has a few tries");
    Set<String> engines =
        ServiceLoader.load(TestEngine.class).stream()
            .map(engine -> engine.get().getId())
            .collect(Collectors.toSet());
    assertTrue(engines.contains("jqwik"), "properties are run by an engine: " + engines);
  }

  @Test
  void theTableOfContentsIsComplete() throws Exception {
    Set<String> top =
        operators().stream()
            .filter(
                op -> op.getEnclosingClass() == null && op.getPackage() == Ops.class.getPackage())
            .map(GradientCoverageTest::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(top, names(Ops.all()), "Ops.all() names every operator that is not nested");
  }

  @Test
  void operatorsAreRecords() throws Exception {
    for (Class<? extends Op> op : operators()) {
      assertTrue(op.isRecord(), op.getName());
    }
  }

  private static Set<String> names(List<Class<? extends Op>> operators) {
    return operators.stream()
        .map(GradientCoverageTest::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The name within the package: {@code Relu.Grad}. */
  private static String name(Class<?> type) {
    return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
  }

  /** The classes of the module's main part that implement {@link Op}, in any package. */
  private static List<Class<? extends Op>> operators() throws Exception {
    List<Class<? extends Op>> operators = new ArrayList<>();
    for (Class<?> type : classes(Op.class, "dev/lanewise/tensor")) {
      if (Op.class.isAssignableFrom(type) && !type.isInterface() && !isTest(type)) {
        operators.add(type.asSubclass(Op.class));
      }
    }
    assertTrue(operators.size() > 10, "operators found: " + operators);
    return operators;
  }

  /**
   * Where main and test classes share a directory, tests are told by the class they are nested in.
   */
  private static boolean isTest(Class<?> type) {
    return type.getNestHost().getSimpleName().endsWith("Test");
  }

  private static List<OpContract> contracts() throws Exception {
    List<OpContract> contracts = new ArrayList<>();
    for (Class<?> type : classes(OpContract.class, "dev/lanewise/tensor")) {
      if (OpContract.class.isAssignableFrom(type)
          && !Modifier.isAbstract(type.getModifiers())
          && type.getEnclosingClass() == null) {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        contracts.add((OpContract) constructor.newInstance());
      }
    }
    assertTrue(contracts.size() > 2, "contracts found: " + contracts);
    return contracts;
  }

  /**
   * All classes of a package and those below it, from the directory that {@code neighbour} is in.
   */
  private static List<Class<?>> classes(Class<?> neighbour, String folder)
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path root = Path.of(neighbour.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertTrue(Files.isDirectory(root), "class files expected in a directory: " + root);
    List<String> names;
    try (Stream<Path> files = Files.walk(root.resolve(folder))) {
      names =
          files
              .map(file -> root.relativize(file).toString().replace('\\', '/'))
              .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
              .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
              .sorted()
              .toList();
    }
    List<Class<?>> classes = new ArrayList<>();
    for (String name : names) {
      classes.add(Class.forName(name, false, neighbour.getClassLoader()));
    }
    return classes;
  }
}
