package dev.lanewise.bench.parity;

import static dev.lanewise.nn.layer.Activation.TANH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.bench.parity.Agreement.Bounds;
import dev.lanewise.bench.parity.Agreement.Trainee;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.BatchNormalization;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A comparison that finds nothing must be able to find something. */
class AgreementTest {
  private static final Bounds F64 = Bounds.of(DType.F64);
  private static final Bounds F32 = Bounds.of(DType.F32);

  private static Case row(Optimizer optimizer) {
    Network network =
        Sequential.of(
                Input.of(3), Dense.of(4).activation(TANH), BatchNormalization.of(), Dense.of(2))
            .named("small");
    return new Case(
        "small",
        new Task.Supervised(network, MeanSquaredError.of(), optimizer),
        random ->
            Batch.of(Values.normal(Shape.of(8, 3), random), Values.normal(Shape.of(8, 2), random)));
  }

  /** Another side that begins the task it is given with another optimizer. */
  private record Other(Optimizer optimizer) implements Side {
    @Override
    public String name() {
      return "other";
    }

    @Override
    public Training begin(Task task, Map<String, Values> start) {
      Task.Supervised given = (Task.Supervised) task;
      return new Lanewise()
          .begin(new Task.Supervised(given.network(), given.loss(), optimizer), start);
    }
  }

  private static Agreement against(Side other, DType dtype) {
    return Agreement.of(
        row(Adam.of(1e-2)), 5, new Trainee(new Lanewise(), dtype), new Trainee(other, dtype));
  }

  @Test
  void aSideAgreesWithItself() {
    assertEquals(new Agreement(0, 0, "", 0, 0), against(new Lanewise(), DType.F64));
    assertEquals(new Agreement(0, 0, "", 0, 0), against(new Lanewise(), DType.F32));
  }

  @Test
  void aRateThatIsOffByAMillionthIsFound() {
    Agreement found = against(new Other(Adam.of(1.000001e-2)), DType.F64);
    assertFalse(found.within(F64), found.toString());
    assertTrue(found.within(F32), found.toString());
  }

  @Test
  void precisionsDifferByTheirRounding() {
    Trainee narrow = new Trainee(new Lanewise(), DType.F32);
    Trainee wide = new Trainee(new Lanewise(), DType.F64);
    Agreement found = Agreement.of(row(Adam.of(1e-2)), 5, narrow, wide);
    assertTrue(found.within(F32), found.toString());
    assertFalse(found.within(F64), found.toString());
  }

  @Test
  void whatIsNoNumberIsOutOfBounds() {
    assertFalse(new Agreement(Double.NaN, 0, "", 0, 0).within(F32));
    assertFalse(new Agreement(0, Double.NaN, "w", 0, 0).within(F32));
    assertFalse(new Agreement(0, 0, "", 0, Double.NaN).within(F32));
    assertFalse(new Agreement(0, 0, "", Double.NaN, 0).within(F32));
  }

  @Test
  void oneParameterCountsByItselfInF64AndWithAllInF32() {
    Agreement one = new Agreement(0, 1e-2, "bias", 1e-8, 0);
    assertFalse(one.within(F64));
    assertTrue(one.within(F32));
    assertFalse(new Agreement(0, 1e-2, "bias", 2e-3, 0).within(F32));
    assertFalse(new Agreement(0, 1e-8, "bias", 1e-8, 2e-3).within(F32));
  }

  @Test
  void valuesHaveADistance() {
    Values three = Values.of(Shape.of(2), 3, 4);
    assertEquals(1, Values.of(Shape.of(2), 0, 0).distance(three));
    assertEquals(5, three.distance(Values.of(Shape.of(2), 0, 0)));
    assertEquals(
        "values: shapes differ: [2] x [1]",
        assertThrows(
                IllegalArgumentException.class, () -> three.distance(Values.of(Shape.of(1), 3)))
            .getMessage());
    assertEquals(
        "values: 1 numbers do not fill [2]",
        assertThrows(IllegalArgumentException.class, () -> Values.of(Shape.of(2), 1)).getMessage());
  }
}
