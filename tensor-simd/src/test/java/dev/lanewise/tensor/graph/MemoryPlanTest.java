package dev.lanewise.tensor.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.op.Concat;
import dev.lanewise.tensor.op.Erf;
import dev.lanewise.tensor.op.Sin;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MemoryPlanTest {
  /** Random graphs of views, in-place and other nodes with many readers: the plan loses nothing. */
  @Property(tries = 60)
  void randomGraphsGiveTheBitsOfEagerCode(
      @ForAll long seed, @ForAll @IntRange(max = 25) int nodes) {
    Function<Tensor[], Tensor[]> build = given -> randomGraph(new Random(seed), nodes, given);
    Spec spec = Spec.of(DType.F32, Shape.of(3, 4));
    try (Scope eager = Scope.open("eager");
        CompiledModel model = CompiledModel.record(Engine.standard(), List.of(spec, spec), build);
        Session session = model.session()) {
      Tensor[] in = {eager.normal(Shape.of(3, 4)), eager.uniform(Shape.of(3, 4))};
      Tensor[] expected = build.apply(in);
      for (int run = 0; run < 2; run++) {
        in[0].copyInto(session.input(0));
        in[1].copyInto(session.input(1));
        session.run();
        for (int i = 0; i < expected.length; i++) {
          assertArrayEquals(expected[i].toFloats(), session.output(i).toFloats(), "output " + i);
        }
      }
    }
  }

  /** Every value keeps the shape {@code [3, 4]} or its transpose, so that any two fit. */
  private static Tensor[] randomGraph(Random random, int nodes, Tensor[] given) {
    List<Tensor> values = new ArrayList<>(List.of(given));
    for (int i = 0; i < nodes; i++) {
      Tensor x = values.get(random.nextInt(values.size()));
      Tensor y = values.get(random.nextInt(values.size()));
      Tensor fit = y.shape().equals(x.shape()) ? y : y.transpose();
      values.add(
          switch (random.nextInt(9)) {
            case 0 -> x.apply(new Sin());
            case 1 -> x.apply(new Erf());
            case 2 -> x.add(fit);
            case 3 -> x.mul(fit);
            case 4 -> x.transpose();
            case 5 -> x.slice(0, 1, 2).expand(x.shape().extents());
            case 6 -> x.slice(1, 0, 1).apply(new Concat(1), x.slice(1, 1, x.extent(1)));
            case 7 -> x.matmul(fit.transpose()).slice(1, 0, 1).add(x).tanh();
            default -> x.sub(0.5);
          });
    }
    Tensor last = values.getLast();
    Tensor other = values.get(random.nextInt(values.size()));
    return new Tensor[] {last, other, given[0].add(given[1])};
  }
}
