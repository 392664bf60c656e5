package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Dependencies between packages go down only: each package may use those that stand beside it here,
 * and the table allows one pair to use each other.
 */
final class DependencyTest {
  private static final String ROOT = "dev.lanewise.";
  private static final Path SOURCES = Path.of("src", "main", "java");

  /** The one mutual pair: a tensor's fluent methods are operators, and operators take tensors. */
  private static final Set<String> MUTUAL = Set.of("tensor", "tensor.op");

  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "cpu", Set.of(),
          "kernel", Set.of("cpu"),
          "kernel.scalar", Set.of("cpu", "kernel"),
          "kernel.simd", Set.of("cpu", "kernel"),
          "tensor", Set.of("cpu", "kernel", "kernel.scalar", "kernel.simd", "tensor.op"),
          "tensor.op", Set.of("cpu", "kernel", "tensor"),
          "tensor.autograd", Set.of("tensor", "tensor.op"),
          "tensor.check", Set.of("tensor", "tensor.op", "tensor.autograd"),
          "tensor.graph", Set.of("cpu", "kernel", "tensor", "tensor.op", "tensor.autograd"));

  /** A name of ours, with its package: imported, or written out in full. */
  private static final Pattern NAME =
      Pattern.compile("\\bdev\\.lanewise\\.([a-z][a-z.]*)\\.[A-Z*]");

  @Test
  void packagesUseOnlyWhatStandsBelowThem() throws IOException {
    Map<String, Set<String>> uses = uses();
    assertTrue(uses.containsKey("tensor.op"), "sources found in " + SOURCES.toAbsolutePath());
    assertEquals(ALLOWED.keySet(), uses.keySet(), "packages with a place in the table");
    Map<String, Set<String>> wrong = new TreeMap<>();
    uses.forEach(
        (user, used) -> {
          Set<String> more = new TreeSet<>(used);
          more.removeAll(ALLOWED.get(user));
          if (!more.isEmpty()) {
            wrong.put(user, more);
          }
        });
    assertEquals(Map.of(), wrong, "packages that use what they may not");
  }

  /** Without the mutual pair the table is a hierarchy. */
  @Test
  void theTableHasNoOtherCycle() {
    for (String user : ALLOWED.keySet()) {
      for (String used : ALLOWED.get(user)) {
        if (reaches(used, user, new TreeSet<>())) {
          assertEquals(MUTUAL, Set.of(user, used), "a cycle through " + user + " and " + used);
        }
      }
    }
  }

  private static boolean reaches(String from, String to, Set<String> seen) {
    if (from.equals(to)) {
      return true;
    }
    return seen.add(from) && ALLOWED.get(from).stream().anyMatch(next -> reaches(next, to, seen));
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    for (String name : uses().keySet()) {
      Path info = SOURCES.resolve((ROOT + name).replace('.', '/')).resolve("package-info.java");
      assertTrue(Files.exists(info), info + " is missing");
      assertTrue(Files.readString(info).startsWith("/**"), info + " says nothing");
    }
  }

  /** The packages of ours that each package names in its code, comments aside. */
  private static Map<String, Set<String>> uses() throws IOException {
    Map<String, Set<String>> uses = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(DependencyTest::isCode).toList()) {
        String user = SOURCES.relativize(file.getParent()).toString().replaceAll("[/\\\\]", ".");
        user = user.substring(ROOT.length());
        Set<String> used = uses.computeIfAbsent(user, name -> new TreeSet<>());
        Matcher names = NAME.matcher(withoutComments(Files.readString(file)));
        while (names.find()) {
          if (!names.group(1).equals(user)) {
            used.add(names.group(1));
          }
        }
      }
    }
    return uses;
  }

  private static boolean isCode(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".java") && !name.equals("module-info.java");
  }

  private static String withoutComments(String source) {
    return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)//.*$", "");
  }
}
