package dev.lanewise.cpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A processor as data: what it is, how wide its vectors are, how large its caches, and the block
 * sizes that the products use on it.
 *
 * <p>Block sizes change the speed of a product and never its bits. {@link #detected} describes the
 * machine it runs on; {@link #withBlocks} makes variants, for tuning and for tests.
 *
 * @param model the vendor's name for the processor, or the architecture where that is unknown
 * @param vectorBits the widest vectors the processor has (which ones are used is another decision)
 * @param caches sizes of the data caches
 * @param f32 block sizes of products of F32
 * @param f64 block sizes of products of F64
 * @param splitThreshold the least number of multiply-adds that are worth a second thread
 */
public record CpuProfile(
    String model, int vectorBits, Caches caches, Blocks f32, Blocks f64, long splitThreshold) {

  /** Sizes in bytes as one core sees them: its own first and second level, the shared third. */
  public record Caches(long l1, long l2, long l3) {
    /** What to assume of an unknown processor. */
    static final Caches ASSUMED = new Caches(32 << 10, 256 << 10, 4 << 20);
  }

  /**
   * The block sizes of a product, in elements. Along the sum a block is a slab of at most {@link
   * #MAX_SLAB} terms.
   *
   * @param rows of the left operand's block, which stays in the second-level cache ("mc")
   * @param columns of the right operand's block, which stays in the third-level cache ("nc")
   */
  public record Blocks(int rows, int columns) {
    /**
     * The most terms of a sum that are one chain ("kc"). No choice: it shows in the bits, which are
     * the same on every CPU.
     */
    public static final int MAX_SLAB = 512;

    /** Checks that the sizes are positive. */
    public Blocks {
      if (rows < 1 || columns < 1) {
        throw new IllegalArgumentException(
            "blocks: rows %d, columns %d: positive sizes expected".formatted(rows, columns));
      }
    }
  }

  private static final class Detected {
    static final CpuProfile PROFILE = detect(Path.of("/"));
  }

  /** The profile of this machine, read once. Never fails: what cannot be read is assumed. */
  public static CpuProfile detected() {
    return Detected.PROFILE;
  }

  /** A profile with block sizes that suit {@code caches}. */
  public static CpuProfile of(String model, int vectorBits, Caches caches) {
    return new CpuProfile(
        model, vectorBits, caches, blocks(caches, 4), blocks(caches, 8), 2_000_000);
  }

  /** This processor with other block sizes. */
  public CpuProfile withBlocks(Blocks f32, Blocks f64) {
    return new CpuProfile(model, vectorBits, caches, f32, f64, splitThreshold);
  }

  /**
   * A block of the left operand takes three eighths of the second-level cache, the slab that all
   * such blocks meet half of the third. Rows are even for tiles of four, eight and twelve.
   */
  private static Blocks blocks(Caches caches, int bytes) {
    long slab = Blocks.MAX_SLAB * (long) bytes;
    int rows = Math.clamp(caches.l2() * 3 / 8 / slab / 24 * 24, 24, 192);
    int columns = Math.clamp(caches.l3() / 2 / slab / 64 * 64, 256, 4096);
    return new Blocks(rows, columns);
  }

  static CpuProfile detect(Path root) {
    Map<String, String> cpuinfo = cpuinfo(root.resolve("proc/cpuinfo"));
    String architecture = System.getProperty("os.arch", "unknown");
    String model = cpuinfo.getOrDefault("model name", architecture);
    return of(model, vectorBits(cpuinfo, architecture), caches(root));
  }

  private static int vectorBits(Map<String, String> cpuinfo, String architecture) {
    Set<String> flags = Set.copyOf(List.of(cpuinfo.getOrDefault("flags", "").split(" ")));
    if (flags.contains("avx512f")) {
      return 512;
    }
    if (flags.contains("avx2")) {
      return 256;
    }
    boolean unknownX86 = flags.size() <= 1 && architecture.toLowerCase(Locale.ROOT).equals("amd64");
    return unknownX86 ? 256 : 128;
  }

  /** The fields of the first processor that Linux lists; empty elsewhere. */
  private static Map<String, String> cpuinfo(Path file) {
    Map<String, String> fields = new HashMap<>();
    for (String line : lines(file)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  private static Caches caches(Path root) {
    long[] levels = {0, 0, 0, 0};
    Path cache = root.resolve("sys/devices/system/cpu/cpu0/cache");
    for (int i = 0; i < 8; i++) {
      Path index = cache.resolve("index" + i);
      String type = first(index.resolve("type"));
      long level = number(first(index.resolve("level")));
      if (!type.equals("Instruction") && level >= 1 && level <= 3) {
        levels[(int) level] = number(first(index.resolve("size")));
      }
    }
    Caches assumed = Caches.ASSUMED;
    return new Caches(
        levels[1] > 0 ? levels[1] : assumed.l1(),
        levels[2] > 0 ? levels[2] : assumed.l2(),
        levels[3] > 0 ? levels[3] : assumed.l3());
  }

  /** {@code "32K"} as 32768; zero for what is no such number. */
  private static long number(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    int unit =
        switch (text.charAt(text.length() - 1)) {
          case 'K' -> 10;
          case 'M' -> 20;
          default -> 0;
        };
    try {
      return Long.parseLong(unit == 0 ? text : text.substring(0, text.length() - 1)) << unit;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String first(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? "" : lines.getFirst().strip();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException | SecurityException e) {
      return List.of();
    }
  }
}
