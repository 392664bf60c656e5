package dev.lanewise.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** The virtual machine's flags, which tell what it made of the CPU and of the command line. */
public final class HotSpotFlags {
  private HotSpotFlags() {}

  /** The value of a flag; empty where the virtual machine is another, or has no such flag. */
  public static Optional<String> value(String name) {
    try {
      HotSpotDiagnosticMXBean bean =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return Optional.ofNullable(bean).map(flags -> flags.getVMOption(name).getValue());
    } catch (IllegalArgumentException | LinkageError e) {
      return Optional.empty();
    }
  }
}
