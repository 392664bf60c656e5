package dev.lanewise.nn.data;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;

/** Samples of another set in another order. */
record Chosen(DataSet whole, Order order) implements DataSet {
  @Override
  public long size() {
    return order.size();
  }

  @Override
  public Spec features() {
    return whole.features();
  }

  @Override
  public Spec labels() {
    return whole.labels();
  }

  @Override
  public DataSet epoch(Philox stream) {
    return new Chosen(whole.epoch(stream), order);
  }

  @Override
  public void readFeatures(long sample, long row, Tensor features) {
    whole.readFeatures(order.at(sample), row, features);
  }

  @Override
  public void readLabel(long sample, long row, Tensor labels) {
    whole.readLabel(order.at(sample), row, labels);
  }
}
