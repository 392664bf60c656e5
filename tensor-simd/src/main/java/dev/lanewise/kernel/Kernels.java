package dev.lanewise.kernel;

/** All kernels of one provider. Immutable, shared by all threads. */
public interface Kernels {
  /** The provider's name in logs, such as {@code simd 256}. */
  String name();

  /** The loop of a lane function of one operand. */
  MapKernel map(Lane lane, Element element);

  /** The loop of a lane function of two operands. */
  ZipKernel zip(Lane lane, Element element);

  /** The loop of a lane function of three operands. */
  TernaryKernel ternary(Lane lane, Element element);

  /** The loop of a comparison, whose output is one byte per element, 0 or 1. */
  ZipKernel compare(Comparison comparison, Element element);

  /** The folds of rows and columns. */
  ReduceKernel reduce(Reduction reduction, Element element);

  /** The matrix product. */
  GemmKernel gemm(Element element);

  /** Convolution and its gradients. */
  ConvolutionKernel convolution(Element element);

  /** Pooling and its gradients. */
  PoolKernel pool(Element element);
}
