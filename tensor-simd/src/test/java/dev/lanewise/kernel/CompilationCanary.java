package dev.lanewise.kernel;

import dev.lanewise.HeapMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordingFile;

/**
 * Says without timing whether code fell off one of C2's cliffs.
 *
 * <p>Two signs are deterministic: the compiler's own events while the code warms up, and the heap
 * bytes it allocates once it is warm, since a vector that C2 does not keep in a register is an
 * object. Meant for a JVM of its own with {@code -Xbatch}, where a method is compiled before its
 * caller goes on: the events of what is compiled already are gone.
 */
final class CompilationCanary {
  /** Packages whose methods must disappear into a compiled kernel. */
  private static final List<String> INLINED =
      List.of("jdk.incubator.vector.", "jdk.internal.vm.vector.", "jdk.internal.misc.Scoped");

  /** The vector kernels. */
  private static final String KERNELS = "dev.lanewise.kernel.simd.F";

  /** Exceptions and the filling of a cache, which stay calls because they hardly ever happen. */
  private static final List<String> COLD =
      List.of("AbstractSpecies::checkFailed", "ImplCache::badOp", "Operations");

  /**
   * What the compiler did.
   *
   * @param compiled methods of the watched package that C2 compiled, with the number of times
   * @param offences failed compilations, and calls of vectors or segments that stayed calls
   * @param inlined methods of the vector kernels that disappeared into a watched one
   */
  record Report(Map<String, Integer> compiled, List<String> offences, Set<String> inlined) {}

  private CompilationCanary() {}

  /** Runs the warm-up and reports on the methods of classes whose name starts with the prefix. */
  static Report watch(String prefix, Runnable warmUp) {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.Compilation").withThreshold(Duration.ZERO).withoutStackTrace();
      recording.enable("jdk.CompilationFailure").withoutStackTrace();
      recording.enable("jdk.CompilerInlining").withoutStackTrace();
      recording.start();
      warmUp.run();
      recording.stop();
      Path file = Files.createTempFile("canary", ".jfr");
      try {
        recording.dump(file);
        return report(prefix, RecordingFile.readAllEvents(file));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Report report(String prefix, List<RecordedEvent> events) {
    Map<Integer, String> watched = new HashMap<>();
    Map<String, Integer> compiled = new LinkedHashMap<>();
    for (RecordedEvent event : events) {
      if (event.getEventType().getName().equals("jdk.Compilation")) {
        RecordedMethod method = event.getValue("method");
        String name = method.getType().getName() + "::" + method.getName();
        if (name.startsWith(prefix) && event.getShort("compileLevel") == 4) {
          watched.put(event.getInt("compileId"), name);
          compiled.merge(name, 1, Integer::sum);
        }
      }
    }
    List<String> offences = new ArrayList<>();
    Map<String, String> calls = new LinkedHashMap<>();
    Set<String> inlined = new TreeSet<>();
    for (RecordedEvent event : events) {
      String method = null;
      switch (event.getEventType().getName()) {
        case "jdk.CompilationFailure" -> {
          method = watched.get(event.getInt("compileId"));
          String message = event.getString("failureMessage");
          // C2 says so when it compiles the method once more in another way.
          if (method != null && !message.startsWith("retry ")) {
            offences.add(method + ": compilation failed: " + message);
          }
        }
        case "jdk.CompilerInlining" -> {
          method = watched.get(event.getInt("compileId"));
          if (method != null) {
            inlining(event, method, calls, inlined);
          }
        }
        default -> {}
      }
    }
    offences.addAll(calls.values());
    return new Report(compiled, offences, inlined);
  }

  /** C2 tries some calls more than once; the last try counts. */
  private static void inlining(
      RecordedEvent event, String method, Map<String, String> calls, Set<String> inlined) {
    RecordedObject callee = event.getValue("callee");
    String target = callee.getString("type").replace('/', '.') + "::" + callee.getString("name");
    if (target.startsWith(KERNELS) && event.getBoolean("succeeded")) {
      inlined.add(target);
    }
    if (INLINED.stream().noneMatch(target::startsWith)
        || COLD.stream().anyMatch(target::endsWith)) {
      return;
    }
    RecordedMethod caller = event.getValue("caller");
    String key =
        event.getInt("compileId") + " " + caller + " " + event.getInt("bci") + " " + target;
    if (event.getBoolean("succeeded")) {
      calls.remove(key);
    } else {
      calls.put(key, method + ": no inlining of " + target + ": " + event.getString("message"));
    }
  }

  /**
   * The heap bytes that {@code warm} allocates: the least of several tries, since the first calls
   * may still meet a method that is being replaced.
   */
  static long allocated(Runnable warm) {
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20 && least > 0; attempt++) {
      for (int i = 0; i < 500 && attempt > 0; i++) {
        warm.run();
      }
      least = Math.min(least, HeapMeter.allocated(warm));
    }
    return least;
  }
}
