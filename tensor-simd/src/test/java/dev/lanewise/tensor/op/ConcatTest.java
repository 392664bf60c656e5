package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.check.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConcatTest extends OpContract {
  @Override
  List<OpCase> cases() {
    return List.of(
        concat(0)
            .rejects(
                "concat: shapes differ beside axis 0: [2, 3] x [2, 4]",
                Shape.of(2, 3),
                Shape.of(2, 4))
            .rejects(
                "concat: shapes differ beside axis 0: [2, 3] x [2]", Shape.of(2, 3), Shape.of(2)),
        concat(1)
            .rejects(
                "concat: element types differ: f32 [2, 3] x i32 [2, 3]",
                Spec.of(DType.F32, Shape.of(2, 3)),
                Spec.of(DType.I32, Shape.of(2, 3))),
        concat(-1).rejects("concat: axis -1 is out of range for rank 0: []", Shape.scalar()));
  }

  private static OpCase concat(int axis) {
    Shapes shapes =
        Shapes.of(
            e -> {
              Shape first = Shape.of(e.next(), e.next(), e.next());
              return Shapes.tuple(first, first.with(axis, e.next()), first.with(axis, e.next()));
            });
    Domain any = Domain.normal().anyType();
    return op(new Concat(axis), Tolerance.EXACT, shapes, any, any, any)
        .variadic()
        .oracle(
            (inputs, tuple) -> {
              int along = tuple[0].axis("test", axis);
              int first = (int) tuple[0].extent(along);
              int second = first + (int) tuple[1].extent(along);
              Shape out = tuple[0].with(along, second + tuple[2].extent(along));
              return new double[][] {
                Moved.of(
                    out,
                    at -> {
                      int from = at[along] < first ? 0 : at[along] < second ? 1 : 2;
                      int start = from == 0 ? 0 : from == 1 ? first : second;
                      int[] inside = Moved.with(at, along, at[along] - start);
                      return inputs[from][Moved.number(tuple[from], inside)];
                    })
              };
            })
        .smooth();
  }

  @Test
  void channelsLastStaysChannelsLast() {
    Spec x = new Spec(DType.F32, Layout.dense(Shape.of(2, 3, 4, 5), 0, 2, 3, 1));
    assertEquals(
        Layout.dense(Shape.of(2, 6, 4, 5), 0, 2, 3, 1),
        new Concat(1).infer(Specs.of(x, x)).first().layout());
  }
}
