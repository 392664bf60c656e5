/** Off-heap tensors, operators with gradients, compiled graphs, and the kernels below them. */
module dev.lanewise.tensor {
  requires jdk.incubator.vector;
  requires jdk.management;

  exports dev.lanewise.cpu;
  exports dev.lanewise.kernel;
  exports dev.lanewise.tensor;
  exports dev.lanewise.tensor.autograd;
  exports dev.lanewise.tensor.check;
  exports dev.lanewise.tensor.graph;
  exports dev.lanewise.tensor.op;
}
