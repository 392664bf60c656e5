package dev.lanewise.kernel.simd;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.Comparison;
import dev.lanewise.kernel.ConvolutionKernel;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.GemmKernel;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.Lane;
import dev.lanewise.kernel.MapKernel;
import dev.lanewise.kernel.PoolKernel;
import dev.lanewise.kernel.ReduceKernel;
import dev.lanewise.kernel.Reduction;
import dev.lanewise.kernel.TernaryKernel;
import dev.lanewise.kernel.ZipKernel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** The kernels written with the Vector API. */
public final class SimdKernels implements Kernels {
  private final GemmKernel f32Gemm;
  private final GemmKernel f64Gemm;
  private final ConvolutionKernel f32Convolution;
  private final ConvolutionKernel f64Convolution;
  private final Cache<Lane, MapKernel> maps =
      new Cache<>((lane, element) -> new Apart.Map(SimdLoops.map(lane, element)));
  private final Cache<Lane, ZipKernel> zips =
      new Cache<>((lane, element) -> new Apart.Zip(SimdLoops.zip(lane, element)));
  private final Cache<Lane, TernaryKernel> ternaries =
      new Cache<>((lane, element) -> new Apart.Ternary(SimdLoops.ternary(lane, element)));
  private final Cache<Comparison, ZipKernel> compares =
      new Cache<>((comparison, element) -> new Apart.Zip(SimdLoops.compare(comparison, element)));
  private final Cache<Reduction, ReduceKernel> reduces =
      new Cache<>((reduction, element) -> new Apart.Reduce(SimdLoops.reduce(reduction, element)));

  /** Kernels by what they compute, each made when it is first asked for. */
  private static final class Cache<F, K> {
    private final Map<F, K> f32 = new ConcurrentHashMap<>();
    private final Map<F, K> f64 = new ConcurrentHashMap<>();
    private final BiFunction<F, Element, K> make;

    Cache(BiFunction<F, Element, K> make) {
      this.make = make;
    }

    K get(F function, Element element) {
      Map<F, K> kernels = element == Element.F32 ? f32 : f64;
      K kernel = kernels.get(function);
      return kernel == null
          ? kernels.computeIfAbsent(function, missing -> make.apply(missing, element))
          : kernel;
    }
  }

  /** Kernels with the block sizes of a processor. */
  public SimdKernels(CpuProfile profile) {
    f32Gemm = new F32Gemm(profile);
    f64Gemm = new F64Gemm(profile);
    f32Convolution = new F32Convolution(profile);
    f64Convolution = new F64Convolution(profile);
  }

  @Override
  public String name() {
    return "simd " + SimdWidth.F32.vectorBitSize();
  }

  @Override
  public MapKernel map(Lane lane, Element element) {
    return maps.get(lane, element);
  }

  @Override
  public ZipKernel zip(Lane lane, Element element) {
    return zips.get(lane, element);
  }

  @Override
  public TernaryKernel ternary(Lane lane, Element element) {
    return ternaries.get(lane, element);
  }

  @Override
  public ZipKernel compare(Comparison comparison, Element element) {
    return compares.get(comparison, element);
  }

  @Override
  public ReduceKernel reduce(Reduction reduction, Element element) {
    return reduces.get(reduction, element);
  }

  @Override
  public GemmKernel gemm(Element element) {
    return switch (element) {
      case F32 -> f32Gemm;
      case F64 -> f64Gemm;
    };
  }

  @Override
  public ConvolutionKernel convolution(Element element) {
    return switch (element) {
      case F32 -> f32Convolution;
      case F64 -> f64Convolution;
    };
  }

  @Override
  public PoolKernel pool(Element element) {
    return switch (element) {
      case F32 -> F32Pool.KERNEL;
      case F64 -> F64Pool.KERNEL;
    };
  }
}
