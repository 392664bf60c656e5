/** Layers, losses, optimizers and training on the tensors of {@code dev.lanewise.tensor}. */
module dev.lanewise.nn {
  requires transitive dev.lanewise.tensor;

  exports dev.lanewise.nn;
  exports dev.lanewise.nn.callback;
  exports dev.lanewise.nn.data;
  exports dev.lanewise.nn.inspect;
  exports dev.lanewise.nn.io;
  exports dev.lanewise.nn.layer;
  exports dev.lanewise.nn.loss;
  exports dev.lanewise.nn.metric;
  exports dev.lanewise.nn.optimizer;
  exports dev.lanewise.nn.weight;
}
