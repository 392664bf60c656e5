package dev.lanewise.kernel.scalar;

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

/**
 * The kernels in plain Java, the reference of every other provider and the path without the vector
 * module.
 */
public final class ScalarKernels implements Kernels {
  /** Kernels that are the same for every processor: there are no blocks in them. */
  public ScalarKernels(CpuProfile profile) {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public MapKernel map(Lane lane, Element element) {
    return ScalarLoops.map(lane, element);
  }

  @Override
  public ZipKernel zip(Lane lane, Element element) {
    return ScalarLoops.zip(lane, element);
  }

  @Override
  public TernaryKernel ternary(Lane lane, Element element) {
    return ScalarLoops.ternary(lane, element);
  }

  @Override
  public ZipKernel compare(Comparison comparison, Element element) {
    return ScalarLoops.compare(comparison, element);
  }

  @Override
  public ReduceKernel reduce(Reduction reduction, Element element) {
    return ScalarLoops.reduce(reduction, element);
  }

  @Override
  public GemmKernel gemm(Element element) {
    return switch (element) {
      case F32 -> F32Gemm.KERNEL;
      case F64 -> F64Gemm.KERNEL;
    };
  }

  @Override
  public ConvolutionKernel convolution(Element element) {
    return switch (element) {
      case F32 -> F32Convolution.KERNEL;
      case F64 -> F64Convolution.KERNEL;
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
