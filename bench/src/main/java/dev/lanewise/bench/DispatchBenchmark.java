package dev.lanewise.bench;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one eager operator on 16 elements costs, tracked and not: the price of dispatch.
 *
 * <p>Noise policy: three JVMs, ten rounds of half a second each; a hundred operators share a step's
 * scope, as in training, so opening and closing it is part of the price.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class DispatchBenchmark {
  private static final int CALLS = 100;

  private Scope scope;
  private Tensor x;
  private Tensor y;

  /** Makes the operands. */
  @Setup
  public void open() {
    scope = Scope.open("dispatch");
    x = scope.uniform(Shape.of(16));
    y = scope.uniform(Shape.of(16));
  }

  /** Frees them. */
  @TearDown
  public void close() {
    scope.close();
  }

  /** {@code x + y}. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void add(Blackhole sink) {
    adds(x, sink);
  }

  /** {@code x + y} with {@code x} tracked. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void addTracked(Blackhole sink) {
    adds(x.tracked(), sink);
  }

  /** {@code max(x, 0)}. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void relu(Blackhole sink) {
    relus(x, sink);
  }

  /** {@code max(x, 0)} with {@code x} tracked. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void reluTracked(Blackhole sink) {
    relus(x.tracked(), sink);
  }

  private void adds(Tensor left, Blackhole sink) {
    try (Scope step = scope.child("step")) {
      Tensor own = left.in(step);
      for (int i = 0; i < CALLS; i++) {
        sink.consume(own.add(y));
      }
    }
  }

  private void relus(Tensor operand, Blackhole sink) {
    try (Scope step = scope.child("step")) {
      Tensor own = operand.in(step);
      for (int i = 0; i < CALLS; i++) {
        sink.consume(own.relu());
      }
    }
  }
}
