package dev.lanewise.tensor.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Keeps;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.check.GradCheck;
import dev.lanewise.tensor.op.Affine;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class GradientsTest {
  private final Scope scope = Scope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor leaf(double... values) {
    return scope.tensor(Shape.of(values.length), values).tracked();
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void followsAChain() {
    Tensor x = leaf(1, 2, 3);
    Tensor grad = Gradients.of(x.mul(3).square().sum()).get(x);
    assertArrayEquals(new double[] {18, 36, 54}, grad.toDoubles());
    assertEquals(x.shape(), grad.shape());
    assertFalse(grad.isTracked());
  }

  @Test
  void addsUpTheArmsOfADiamond() {
    Tensor x = leaf(2, 3);
    Tensor shared = x.mul(2);
    Tensor left = shared.square();
    Tensor right = shared.mul(5);
    // d/dx (4x^2 + 10x), then the same twice over.
    assertArrayEquals(
        new double[] {26, 34}, Gradients.of(left.add(right).sum()).get(x).toDoubles());
    Tensor deep = left.add(right).mul(shared);
    // (4x^2 + 10x) 2x
    assertArrayEquals(new double[] {176, 336}, Gradients.of(deep.sum()).get(x).toDoubles());
  }

  @Test
  void takesALongChainOfDiamonds() {
    Tensor x = leaf(1);
    Tensor y = x;
    for (int i = 0; i < 40; i++) {
      y = y.add(y);
    }
    assertEquals(0x1p40, Gradients.of(y.sum()).get(x).value(0));
  }

  @Test
  void addsUpTheUsesOfALeaf() {
    Tensor x = leaf(2, 3);
    assertArrayEquals(new double[] {4, 6}, Gradients.of(x.mul(x).sum()).get(x).toDoubles());
    assertArrayEquals(new double[] {2, 2}, Gradients.of(x.add(x).sum()).get(x).toDoubles());
    Tensor y = leaf(5, 7);
    Gradients both = Gradients.of(x.mul(y).add(x).sum());
    assertArrayEquals(new double[] {6, 8}, both.get(x).toDoubles());
    assertArrayEquals(new double[] {2, 3}, both.get(y).toDoubles());
  }

  @Test
  void isZeroForAnUnusedLeaf() {
    Tensor x = leaf(1, 2);
    Tensor unused = scope.zeros(DType.F64, Shape.of(2, 3)).tracked();
    Tensor grad = Gradients.of(x.sum()).get(unused);
    assertEquals(Shape.of(2, 3), grad.shape());
    assertArrayEquals(new double[6], grad.toDoubles());
  }

  @Test
  void sumsBroadcastGradientsDown() {
    Tensor x = scope.tensor(Shape.of(2, 3), 1.0, 2, 3, 4, 5, 6).tracked();
    Tensor row = leaf(1, 2, 3);
    Tensor column = scope.tensor(Shape.of(2, 1), 1.0, 2).tracked();
    Tensor scalar = scope.tensor(Shape.of(), 2.0).tracked();
    Tensor one = scope.tensor(Shape.of(1, 1, 1), 2.0).tracked();
    Gradients grads = Gradients.of(x.mul(row).add(column).mul(scalar).add(one).sum());
    assertArrayEquals(new double[] {2, 4, 6, 2, 4, 6}, grads.get(x).toDoubles());
    assertArrayEquals(new double[] {10, 14, 18}, grads.get(row).toDoubles());
    assertArrayEquals(new double[] {6, 6}, grads.get(column).toDoubles());
    assertEquals(Shape.of(2, 1), grads.get(column).shape());
    // 14 and 32 from x times row, 3 and 6 from the column.
    assertEquals(55, grads.get(scalar).value());
    assertEquals(Shape.scalar(), grads.get(scalar).shape());
    assertEquals(Shape.of(1, 1, 1), grads.get(one).shape());
    assertEquals(6, grads.get(one).value());
  }

  @Test
  void needsATrackedLossOfOneElement() {
    Tensor x = leaf(1, 2);
    refuses(
        "gradients: a loss of one element expected: f64 [2]: reduce it with sum or mean",
        () -> Gradients.of(x.mul(2)));
    refuses(
        "gradients: a loss of one element expected: f64 [2]: reduce it with sum or mean",
        () -> Gradients.tracked(x.mul(2)));
    refuses(
        "gradients: nothing tracked leads to the loss: f64 []: mark a leaf with tracked()",
        () -> Gradients.of(x.untracked().sum()));
    Gradients grads = Gradients.of(x.sum());
    refuses("gradients: not a tracked leaf: f64 [2]", () -> grads.get(x.untracked()));
    refuses("gradients: not a tracked leaf: f64 [2]", () -> grads.get(x.mul(2)));
  }

  @Test
  void aLeafMayBeTheLoss() {
    Tensor x = scope.tensor(Shape.of(1, 1), 3.0).tracked();
    assertEquals(1, Gradients.of(x).get(x).value());
    assertEquals(Shape.of(1, 1), Gradients.of(x).get(x).shape());
  }

  @Test
  void stopsAtUntracked() {
    Tensor x = leaf(2, 3);
    Tensor stopped = x.square().untracked();
    assertArrayEquals(new double[] {4, 9}, Gradients.of(x.mul(stopped).sum()).get(x).toDoubles());
  }

  @Test
  void aBorrowedTensorIsTheSameLeaf() {
    Tensor w = leaf(2, 3);
    try (Scope step = scope.child("step")) {
      Tensor borrowed = w.in(step);
      Gradients grads = Gradients.of(borrowed.square().sum());
      assertArrayEquals(new double[] {4, 6}, grads.get(w).toDoubles());
      assertArrayEquals(new double[] {4, 6}, grads.get(borrowed).toDoubles());
      assertSame(step, grads.get(w).scope());
    }
    Tensor again = w.tracked();
    Gradients grads = Gradients.of(w.mul(again).sum());
    assertArrayEquals(new double[] {2, 3}, grads.get(w).toDoubles(), "tracked() makes a new leaf");
  }

  @Test
  void givesGradientsOfGradients() {
    Tensor x = leaf(2, -3);
    Tensor cube = x.square().mul(x).sum();
    Tensor first = Gradients.tracked(cube).get(x);
    assertArrayEquals(new double[] {12, 27}, first.toDoubles());
    assertTrue(first.isTracked());
    Tensor second = Gradients.tracked(first.sum()).get(x);
    assertArrayEquals(new double[] {12, -18}, second.toDoubles());
    assertArrayEquals(
        new double[] {6, 6}, Gradients.of(second.sum()).get(x).toDoubles(), "the third");
  }

  @Test
  void agreesWithSlopesOnAMixture() {
    Tensor x = scope.tensor(Shape.of(2, 3), 0.3, -1.2, 0.8, 1.5, -0.4, 0.9).tracked();
    Tensor y = leaf(0.7, -0.2, 1.1);
    Function<Tensor[], Tensor> mixture =
        in -> in[0].mul(in[1]).tanh().add(in[0].square().mul(in[1])).sum(1).exp();
    GradCheck.of(mixture).check(x, y);
    GradCheck.of(mixture).checkSecond(x, y);
  }

  @Test
  void askingTwiceGivesTheSame() {
    Tensor x = leaf(2, 3);
    Tensor loss = x.square().sum();
    double[] once = Gradients.of(loss).get(x).toDoubles();
    assertArrayEquals(once, Gradients.of(loss).get(x).toDoubles());
  }

  @Test
  void givesTemporariesBack() {
    Tensor x = scope.zeros(DType.F64, Shape.of(1000)).tracked();
    Tensor loss = x.mul(2).square().mul(3).sum();
    long before = scope.usage().tensors();
    Gradients.of(loss);
    assertEquals(before + 1, scope.usage().tensors(), "the leaf's gradient alone stays");
    long reserved = scope.usage().reserved();
    for (int round = 0; round < 20; round++) {
      try (Scope step = scope.child("step")) {
        Gradients.of(x.in(step).mul(2).square().sum());
      }
    }
    long settled = scope.usage().reserved();
    for (int round = 0; round < 20; round++) {
      try (Scope step = scope.child("step")) {
        Gradients.of(x.in(step).mul(2).square().sum());
      }
    }
    assertTrue(settled >= reserved);
    assertEquals(settled, scope.usage().reserved());
  }

  @Test
  void theScopeOfBackwardIsClosedAfterAFailure() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2);
    Tensor loss = y.square().sum();
    y.fill(0);
    assertThrows(IllegalStateException.class, () -> Gradients.of(loss));
    // Closing the test's scope fails if one inside it is open.
    assertTrue(scope.isOpen());
  }

  /** {@code 2 x}; its backward does as told. */
  private record Doubled(Function<Saved, Tensor> reading, Keeps keeps) implements Op {
    @Override
    public Specs infer(Specs in) {
      return new Affine(2, 0).infer(in);
    }

    @Override
    public Step prepare(Operands operands) {
      return new Affine(2, 0).prepare(operands);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor read = reading.apply(saved);
      assertNotNull(read);
      return Grads.of(grads.at(0).mul(2));
    }
  }

  @Test
  void leavesNotAskedForCostNothing() {
    Tensor x = leaf(1, 2);
    Tensor y = leaf(3, 4);
    Op failing =
        new Doubled(
            saved -> {
              throw new AssertionError("backward of what leads to no leaf asked for");
            },
            Keeps.inputs());
    Tensor loss = x.mul(y).add(failing.apply(y)).sum();
    Gradients gradients = Gradients.of(loss, List.of(x));
    assertArrayEquals(new double[] {3, 4}, gradients.get(x).toDoubles());
    refuses("gradients: not one of the leaves asked for: f64 [2]", () -> gradients.get(y));
    assertThrows(AssertionError.class, () -> Gradients.of(loss));
    refuses(
        "gradients: not a tracked leaf: f64 [2]", () -> Gradients.of(loss, List.of(x.untracked())));
  }

  @Test
  void leafThatLeadsNowhereHasGradientZero() {
    Tensor x = leaf(1, 2);
    Tensor y = leaf(3, 4);
    Gradients gradients = Gradients.of(x.square().sum(), List.of(x, y));
    assertArrayEquals(new double[] {2, 4}, gradients.get(x).toDoubles());
    assertArrayEquals(new double[] {0, 0}, gradients.get(y).toDoubles());
  }

  @Test
  void backwardReadsOnlyWhatItKeeps() {
    Tensor x = leaf(1, 2);
    Tensor input = new Doubled(saved -> saved.input(0), Keeps.outputs()).apply(x).sum();
    assertEquals(
        "doubled: backward reads input 0, which keeps() does not name",
        assertThrows(IllegalStateException.class, () -> Gradients.of(input)).getMessage());
    Tensor output = new Doubled(saved -> saved.output(0), Keeps.inputs()).apply(x).sum();
    assertEquals(
        "doubled: backward reads output 0, which keeps() does not name",
        assertThrows(IllegalStateException.class, () -> Gradients.of(output)).getMessage());
    Tensor both =
        new Doubled(saved -> saved.input(0).add(saved.output(0)), Keeps.inputsAndOutputs())
            .apply(x)
            .sum();
    assertArrayEquals(new double[] {2, 2}, Gradients.of(both).get(x).toDoubles());
  }
}
