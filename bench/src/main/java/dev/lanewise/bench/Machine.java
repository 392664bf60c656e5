package dev.lanewise.bench;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.tensor.Engine;

/** Says what a result was measured on. */
final class Machine {
  private Machine() {}

  static void print() {
    System.out.printf(
        "machine: %s, %d processors; JDK %s; kernels %s%n",
        CpuProfile.detected().model(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        Engine.standard().kernels().name());
  }
}
