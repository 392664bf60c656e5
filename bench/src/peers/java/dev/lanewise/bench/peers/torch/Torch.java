package dev.lanewise.bench.peers.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** PyTorch's operators that have no name of their own in {@link NDArray}. */
final class Torch {
  private Torch() {}

  /** The array as one of PyTorch's. */
  static PtNDArray of(NDArray x) {
    return (PtNDArray) x;
  }

  static NDArray relu(NDArray x) {
    return JniUtils.relu(of(x));
  }

  static NDArray sigmoid(NDArray x) {
    return JniUtils.sigmoid(of(x));
  }

  static NDArray softplus(NDArray x) {
    return JniUtils.softPlus(of(x));
  }

  /** One of two, element by element. */
  static NDArray where(NDArray condition, NDArray then, NDArray otherwise) {
    return JniUtils.where(of(condition), of(then), of(otherwise));
  }

  /**
   * A border of a constant around the last axes; a negative one crops.
   *
   * @param pads before and after the last axis, then the one before it and so on, as {@code
   *     torch.nn.functional.pad} has them
   */
  static NDArray pad(NDArray x, double value, long... pads) {
    return JniUtils.pad(of(x), pads, value);
  }

  /** The mean over the last axis, which stays with one element. */
  static NDArray lastMean(NDArray x) {
    return JniUtils.mean(of(x), x.getShape().dimension() - 1, true);
  }

  /** The sum over the last axis, which goes. */
  static NDArray lastSum(NDArray x) {
    return x.sum(new int[] {x.getShape().dimension() - 1}, false);
  }
}
