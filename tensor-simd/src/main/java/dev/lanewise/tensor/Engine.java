package dev.lanewise.tensor;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.cpu.Settings;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.scalar.ScalarKernels;
import dev.lanewise.kernel.simd.SimdKernels;
import java.lang.System.Logger.Level;

/**
 * What the tensors of a program share: the CPU's profile, the kernels and the workers. Immutable.
 *
 * @param profile tile and block sizes
 * @param kernels the provider
 * @param workers the threads
 */
public record Engine(CpuProfile profile, Kernels kernels, Workers workers) {
  private static final System.Logger LOGGER = System.getLogger(Engine.class.getName());
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private static final class Standard {
    static final Engine ENGINE = of(CpuProfile.detected(), workers(Settings.standard()));

    private static Workers workers(Settings settings) {
      return Workers.of(settings.threads(), settings.spinMicros().orElse(Workers.SPIN_MICROS));
    }
  }

  /**
   * The engine of programs that do not make one: the detected CPU and as many threads as the
   * process may use.
   */
  public static Engine standard() {
    return Standard.ENGINE;
  }

  /** An engine on the best kernels this JVM can run. */
  public static Engine of(CpuProfile profile, Workers workers) {
    return new Engine(profile, chosenKernels(profile), workers);
  }

  /** This engine with other workers. */
  public Engine workers(Workers others) {
    return new Engine(profile, kernels, others);
  }

  /** This engine with the plain Java kernels. */
  public Engine scalar() {
    return new Engine(profile, new ScalarKernels(profile), workers);
  }

  private static Kernels chosenKernels(CpuProfile profile) {
    Settings.Provider asked = Settings.standard().provider();
    boolean present = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    if (asked == Settings.Provider.SCALAR) {
      LOGGER.log(Level.INFO, "kernels: plain Java, because lanewise.provider asks for them");
      return new ScalarKernels(profile);
    }
    if (!present) {
      if (asked == Settings.Provider.SIMD) {
        throw new IllegalStateException(
            "kernels: lanewise.provider is simd, but module "
                + VECTOR_MODULE
                + " is absent: start java with --add-modules "
                + VECTOR_MODULE);
      }
      LOGGER.log(
          Level.WARNING,
          "kernels: plain Java, because module {0} is absent: start java with --add-modules {0}",
          VECTOR_MODULE);
      return new ScalarKernels(profile);
    }
    Kernels kernels = new SimdKernels(profile);
    LOGGER.log(Level.DEBUG, "kernels: {0} on {1}", kernels.name(), profile.model());
    return kernels;
  }
}
