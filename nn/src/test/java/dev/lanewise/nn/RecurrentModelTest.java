package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Bidirectional;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.GRU;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.layer.Reshape;
import dev.lanewise.nn.layer.SimpleRNN;
import dev.lanewise.nn.layer.TimeDistributed;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.graph.CompiledModel;
import dev.lanewise.tensor.graph.Session;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecurrentModelTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int STEPS = 10;

  private static final Network NETWORK =
      Sequential.of(
          Input.of(STEPS, 3),
          Bidirectional.of(LSTM.of(12).returnSequences(true)),
          GRU.of(10).returnSequences(true),
          TimeDistributed.of(Dense.of(8).activation(Activation.RELU)),
          SimpleRNN.of(9).returnSequences(true).goBackwards(true),
          LSTM.of(7),
          Dense.of(2));

  @Test
  void aCompiledModelPredictsAsTheEagerOneDoes() {
    try (Model model = NETWORK.build();
        Scope scope = model.scope().child("test")) {
      for (int batch : new int[] {1, 5}) {
        Tensor x = scope.normal(Shape.of(batch, STEPS, 3));
        float[] eager = model.call(x).toFloats();
        try (CompiledModel compiled = model.compiled(batch);
            Session session = compiled.session()) {
          session.input(0).copyFrom(x.toFloats());
          for (int run = 0; run < 2; run++) {
            session.run();
            assertArrayEquals(eager, session.output(0).toFloats());
          }
        }
        assertArrayEquals(eager, model.predict(x).toFloats(), 1e-6f);
      }
    }
  }

  @Test
  void aCompiledModelAllocatesNothing() {
    try (Model model = NETWORK.build();
        CompiledModel compiled = model.compiled(1);
        Session session = compiled.session()) {
      session.input(0).fill(0.5);
      long least = Long.MAX_VALUE;
      for (int attempt = 0; attempt < 100 && least > 0; attempt++) {
        for (int i = 0; i < 500; i++) {
          session.run();
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
          session.run();
        }
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertEquals(0, least);
    }
  }

  /** Sequences whose target is the sum of the values that a second column marks. */
  private static DataSet markedSums(int samples, long seed) {
    Philox stream = new Philox(seed, 3);
    float[][] features = new float[samples][2 * STEPS];
    float[][] targets = new float[samples][1];
    for (int i = 0; i < samples; i++) {
      Philox own = stream.substream(i);
      for (int step = 0; step < STEPS; step++) {
        features[i][2 * step] = (float) own.uniform(step);
      }
      int first = (int) (own.uniform(100) * STEPS / 2);
      int second = STEPS / 2 + (int) (own.uniform(101) * STEPS / 2);
      features[i][2 * first + 1] = 1;
      features[i][2 * second + 1] = 1;
      targets[i][0] = features[i][2 * first] + features[i][2 * second];
    }
    return DataSet.of(features, targets);
  }

  @Test
  void recurrentNetworksLearnToAddMarkedNumbers() {
    DataSet test = markedSums(200, 2);
    for (Layer layer : List.of(LSTM.of(16), GRU.of(16), Bidirectional.of(SimpleRNN.of(16)))) {
      try (Model model =
          Sequential.of(Input.of(2 * STEPS), Reshape.of(STEPS, 2), layer, Dense.of(1))
              .compile(Adam.of(1e-2), MeanSquaredError.of())) {
        History history = model.fit(markedSums(1000, 1), Fit.epochs(15));
        double loss = model.evaluate(test).loss();
        // Guessing the mean is off by the targets' variance, a sixth.
        assertTrue(loss < 0.04, layer.type() + ": " + loss + " after " + history.of("loss")[14]);
      }
    }
  }

  @Test
  void trainingGivesTheSameBitsOnAnyNumberOfThreads() {
    float[] expected = null;
    for (int threads : new int[] {1, 2, 3}) {
      try (Workers workers = Workers.of(threads);
          Model model =
              Sequential.of(
                      Input.of(2 * STEPS),
                      Reshape.of(STEPS, 2),
                      LSTM.of(40).returnSequences(true),
                      GRU.of(40),
                      Dense.of(1))
                  .engine(Engine.standard().workers(workers))
                  .compile(Adam.of(1e-2), MeanSquaredError.of())) {
        model.fit(markedSums(128, 1), Fit.epochs(2).batch(64));
        float[] found = model.parameter("lstm.recurrent_kernel").tensor().toFloats();
        expected = expected == null ? found : expected;
        assertArrayEquals(expected, found, threads + " threads");
      }
    }
  }
}
