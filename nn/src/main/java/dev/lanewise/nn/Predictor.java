package dev.lanewise.nn;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.util.HashMap;
import java.util.Map;

/**
 * Predicts any number of samples with compiled models of a few batch sizes: as many full batches as
 * fit, and powers of two for what is left.
 *
 * <p>The models are compiled when first needed and dropped when the weights change.
 */
final class Predictor implements AutoCloseable {
  private static final int FULL = 32;

  private final Model model;
  private final Map<Integer, Ready> ready = new HashMap<>();
  private long changes;

  private record Ready(CompiledModel model, Session session) {
    void close() {
      session.close();
      model.close();
    }
  }

  /** Moves samples to and from a session. */
  private interface Exchange {
    void run(Session session, int from, int count);
  }

  Predictor(Model model) {
    this.model = model;
  }

  /** Predictions of samples {@code [n, ...]}, in their scope. */
  Tensor predict(Tensor samples) {
    Shape shape = model.output().inserted(0, samples.extent(0));
    Tensor predictions = samples.scope().empty(model.dtype(), shape);
    Tensor plain = samples.untracked();
    inBatches(
        Math.toIntExact(samples.extent(0)),
        (session, from, count) -> {
          plain.slice(0, from, from + count).copyInto(session.input(0));
          session.run();
          session.output(0).copyInto(predictions.slice(0, from, from + count));
        });
    return predictions;
  }

  /** Predictions of samples of f32, a row each. */
  float[][] predict(float[][] samples) {
    int in = Math.toIntExact(model.input().shape().size());
    int out = Math.toIntExact(model.output().size());
    float[][] predictions = new float[samples.length][out];
    inBatches(
        samples.length,
        (session, from, count) -> {
          float[] given = new float[count * in];
          for (int i = 0; i < count; i++) {
            System.arraycopy(samples[from + i], 0, given, i * in, in);
          }
          session.input(0).copyFrom(given);
          session.run();
          float[] found = session.output(0).toFloats();
          for (int i = 0; i < count; i++) {
            System.arraycopy(found, i * out, predictions[from + i], 0, out);
          }
        });
    return predictions;
  }

  private void inBatches(int samples, Exchange exchange) {
    for (int from = 0; from < samples; ) {
      int count = Math.min(FULL, Integer.highestOneBit(samples - from));
      exchange.run(session(count), from, count);
      from += count;
    }
  }

  private Session session(int batch) {
    if (changes != model.changes()) {
      close();
      changes = model.changes();
    }
    return ready.computeIfAbsent(batch, this::compiled).session;
  }

  private Ready compiled(int batch) {
    CompiledModel compiled = model.compiled(batch);
    return new Ready(compiled, compiled.session());
  }

  @Override
  public void close() {
    ready.values().forEach(Ready::close);
    ready.clear();
  }
}
