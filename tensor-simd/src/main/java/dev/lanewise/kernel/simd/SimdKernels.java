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

/** The kernels written with the Vector API. */
public final class SimdKernels implements Kernels {
  private final GemmKernel f32Gemm;
  private final GemmKernel f64Gemm;
  private final ConvolutionKernel f32Convolution;
  private final ConvolutionKernel f64Convolution;

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
    return SimdLoops.map(lane, element);
  }

  @Override
  public ZipKernel zip(Lane lane, Element element) {
    return SimdLoops.zip(lane, element);
  }

  @Override
  public TernaryKernel ternary(Lane lane, Element element) {
    return SimdLoops.ternary(lane, element);
  }

  @Override
  public ZipKernel compare(Comparison comparison, Element element) {
    return SimdLoops.compare(comparison, element);
  }

  @Override
  public ReduceKernel reduce(Reduction reduction, Element element) {
    return SimdLoops.reduce(reduction, element);
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
