package dev.lanewise.tensor.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.op.Affine;
import dev.lanewise.tensor.op.Mul;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GradCheckTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  /** {@code factor * x} with the gradient of {@code x * claimed}. */
  private record Scaled(double factor, double claimed) implements Op {
    @Override
    public Specs infer(Specs in) {
      return new Affine(factor, 0).infer(in);
    }

    @Override
    public Step prepare(Operands operands) {
      return new Affine(factor, 0).prepare(operands);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(grads.at(0).mul(claimed));
    }
  }

  private Tensor leaf(Shape shape, double... values) {
    return scope.tensor(shape, values).tracked();
  }

  @Test
  void passesRightGradients() {
    Tensor x = leaf(Shape.of(2, 3), 1, -2, 3, 0.5, 0, -1);
    Tensor y = leaf(Shape.of(3), 2, -1, 4);
    GradCheck.of(in -> in[0].mul(in[1]).mul(in[0])).check(x, y);
    GradCheck.of(in -> in[0].mul(in[1]).mul(in[0])).checkSecond(x, y);
    GradCheck.of(new Mul()).seed(7).check(x, y);
    GradCheck.ofAll(in -> new Tensor[] {in[0].add(in[1]), in[1].mul(in[1])}).check(x, y);
  }

  @Test
  void putsTheInputsBack() {
    Tensor x = leaf(Shape.of(3), 0.1, -0.2, 1e9);
    GradCheck.of(in -> in[0].mul(3)).check(x);
    assertArrayEquals(new double[] {0.1, -0.2, 1e9}, x.toDoubles());
    assertEquals(1, scope.usage().tensors(), "nothing of the check stays in the inputs' scope");
  }

  @Test
  void reportsInputElementAndBothNumbers() {
    Tensor x = leaf(Shape.of(2), 1, 2);
    Tensor y = leaf(Shape.of(2, 2), 1, 2, 3, 4);
    String message =
        assertThrows(
                GradCheckError.class,
                () -> GradCheck.of(in -> in[0].add(new Scaled(2, 3).apply(in[1]))).check(x, y))
            .getMessage();
    assertTrue(
        message.matches(
            "gradCheck: \\[2] x \\[2, 2]\n"
                + "  input 1: 4 of 4 elements differ, most at \\[\\d, \\d] \\(value \\d\\.0\\):"
                + " gradient -?\\d\\.\\d+, slope -?\\d\\.\\d+"),
        message);
  }

  @Test
  void findsAWrongSecondGradient() {
    /* The first gradient is right; what it says of its own is not. */
    record Cube() implements Op {
      @Override
      public Specs infer(Specs in) {
        return new Affine(1, 0).infer(in);
      }

      @Override
      public Step prepare(Operands operands) {
        Step copy = new Affine(1, 0).prepare(operands);
        return () -> {
          copy.run();
          for (long i = 0; i < operands.output(0).size(); i++) {
            double x = operands.output(0).value(i);
            operands.output(0).set(x * x * x, i);
          }
        };
      }

      @Override
      public Grads backward(Saved saved, Grads grads, Wanted wanted) {
        Tensor x = saved.input(0);
        return Grads.of(grads.at(0).mul(x.untracked()).mul(x).mul(3));
      }
    }
    Tensor x = leaf(Shape.of(2), 1, 2);
    GradCheck.of(new Cube()).check(x);
    assertThrows(GradCheckError.class, () -> GradCheck.of(new Cube()).checkSecond(x));
  }

  @Test
  void untrackedInputsAreConstants() {
    Tensor x = leaf(Shape.of(2), 1, 2);
    Tensor wrong = scope.tensor(Shape.of(2), 3.0, 4.0);
    assertDoesNotThrow(
        () -> GradCheck.of(in -> in[0].add(new Scaled(2, 3).apply(in[1]))).check(x, wrong));
  }

  @Test
  void gradientOfWhatDoesNotDependOnTheInputIsZero() {
    Tensor x = leaf(Shape.of(2), 1, 2);
    Tensor y = leaf(Shape.of(2), 3, 4);
    GradCheck.of(in -> in[1].mul(2)).check(x, y);
    GradCheck.of(in -> in[0].untracked().mul(0)).check(x);
    assertThrows(GradCheckError.class, () -> GradCheck.of(in -> in[0].untracked().mul(1)).check(x));
  }

  @Test
  void refusesWhatItCannotCheck() {
    Tensor single = scope.tensor(Shape.of(2), 1f, 2f).tracked();
    Tensor constant = scope.tensor(Shape.of(2), 1.0, 2.0);
    GradCheck check = GradCheck.of(in -> in[0].mul(2));
    assertEquals(
        "gradCheck: tracked inputs of f64 expected: f32 [2]",
        assertThrows(IllegalArgumentException.class, () -> check.check(single)).getMessage());
    assertEquals(
        "gradCheck: no input is tracked: [2]: mark those to check with tracked()",
        assertThrows(IllegalArgumentException.class, () -> check.check(constant)).getMessage());
    Tensor x = leaf(Shape.of(2), 1, 2);
    assertEquals(
        "gradCheck: no output is floating: [2]",
        assertThrows(
                IllegalArgumentException.class, () -> GradCheck.of(in -> in[0].argmax(0)).check(x))
            .getMessage());
  }

  @Test
  void findsAFunctionThatIsNotRepeatable() {
    int[] calls = {0};
    Tensor x = leaf(Shape.of(2), 1, 2);
    assertEquals(
        "gradCheck: the function gives something else the second time: [2]",
        assertThrows(GradCheckError.class, () -> GradCheck.of(in -> in[0].mul(calls[0]++)).check(x))
            .getMessage());
  }

  @Test
  void acceptsAnEmptyInput() {
    GradCheck.of(in -> in[0].mul(2)).check(leaf(Shape.of(0, 3)));
    GradCheck.of(in -> in[0].mul(2).mul(in[0])).check(leaf(Shape.of(), 2));
    assertEquals(DType.F64, leaf(Shape.of(), 2).dtype());
  }
}
