package dev.lanewise.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuProfileTest {
  @TempDir Path root;

  @Test
  void readsWhatLinuxSays() throws IOException {
    write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Fast 9000\nflags\t\t: fpu avx2 fma\n");
    cache(0, "1", "Data", "48K");
    cache(1, "1", "Instruction", "64K");
    cache(2, "2", "Unified", "2048K");
    cache(3, "3", "Unified", "32M");
    CpuProfile profile = CpuProfile.detect(root);
    assertEquals("Fast 9000", profile.model());
    assertEquals(256, profile.vectorBits());
    assertEquals(new CpuProfile.Caches(48 << 10, 2 << 20, 32 << 20), profile.caches());
  }

  @Test
  void assumesWhatItCannotRead() throws IOException {
    write("sys/devices/system/cpu/cpu0/cache/index0/level", "first");
    write("sys/devices/system/cpu/cpu0/cache/index1/level", "2");
    write("sys/devices/system/cpu/cpu0/cache/index1/size", "plenty");
    CpuProfile profile = CpuProfile.detect(root);
    assertEquals(CpuProfile.Caches.ASSUMED, profile.caches());
    assertEquals(System.getProperty("os.arch"), profile.model());
    assertTrue(profile.vectorBits() >= 128);
  }

  @Test
  void detectedIsReadOnce() {
    assertEquals(CpuProfile.detected(), CpuProfile.detected());
  }

  @Test
  void blocksFitTheCaches() {
    CpuProfile.Caches caches = new CpuProfile.Caches(32 << 10, 1 << 20, 32 << 20);
    CpuProfile profile = CpuProfile.of("test", 256, caches);
    for (int bytes : new int[] {4, 8}) {
      CpuProfile.Blocks blocks = bytes == 4 ? profile.f32() : profile.f64();
      long left = (long) blocks.rows() * CpuProfile.Blocks.MAX_SLAB * bytes;
      long right = (long) blocks.columns() * CpuProfile.Blocks.MAX_SLAB * bytes;
      assertTrue(left <= caches.l2() / 2, () -> profile.toString());
      assertTrue(right <= caches.l3() / 2, () -> profile.toString());
    }
  }

  @Test
  void refusesEmptyBlocks() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new CpuProfile.Blocks(8, 0))
            .getMessage();
    assertEquals("blocks: rows 8, columns 0: positive sizes expected", message);
  }

  @Test
  void settingsHaveDefaults() {
    Settings settings = Settings.read(name -> null);
    assertEquals(Settings.Provider.AUTOMATIC, settings.provider());
    assertTrue(settings.vectorBits().isEmpty());
    assertEquals(Runtime.getRuntime().availableProcessors(), settings.threads());
    assertTrue(settings.spinMicros().isEmpty());
  }

  @Test
  void settingsAreRead() {
    Map<String, String> properties =
        Map.of(
            "lanewise.provider", "Scalar",
            "lanewise.vectorBits", "256",
            "lanewise.threads", "3",
            "lanewise.spinMicros", "0");
    Settings settings = Settings.read(properties::get);
    assertEquals(Settings.Provider.SCALAR, settings.provider());
    assertEquals(256, settings.vectorBits().getAsInt());
    assertEquals(3, settings.threads());
    assertEquals(0, settings.spinMicros().getAsInt());
  }

  @Test
  void settingsThatAreNotUnderstoodAreRefused() {
    assertEquals(
        "lanewise.provider: 'gpu' is neither simd nor scalar", refusal("lanewise.provider", "gpu"));
    assertEquals(
        "lanewise.vectorBits: 200 is none of 128, 256, 512", refusal("lanewise.vectorBits", "200"));
    assertEquals(
        "lanewise.threads: 'two' is not a whole number", refusal("lanewise.threads", "two"));
    assertEquals("lanewise.threads: 0 is not positive", refusal("lanewise.threads", "0"));
    assertEquals("lanewise.spinMicros: -1 is negative", refusal("lanewise.spinMicros", "-1"));
  }

  private static String refusal(String name, String value) {
    return assertThrows(
            IllegalArgumentException.class, () -> Settings.read(Map.of(name, value)::get))
        .getMessage();
  }

  private void cache(int index, String level, String type, String size) throws IOException {
    String directory = "sys/devices/system/cpu/cpu0/cache/index" + index + "/";
    write(directory + "level", level + "\n");
    write(directory + "type", type + "\n");
    write(directory + "size", size + "\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
