package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Grads;
import dev.lanewise.tensor.Layout;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Operands;
import dev.lanewise.tensor.Saved;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Wanted;
import dev.lanewise.tensor.check.Tolerance;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract finds what it is there to find: each flaw of an operator fails the test meant for
 * it.
 */
final class OpContractTest {
  private static final List<Integer> CHOICES = List.of(2, 1, 1, 0, 4, 3, 7, 2);

  /** What is wrong with {@link Flawed}. */
  enum Flaw {
    NONE,
    VALUE_OF_THE_LAST_ELEMENT,
    VALUE_WHERE_NOT_CONTIGUOUS,
    ZERO_FOR_NAN,
    GRADIENT,
    GRADIENT_OF_THE_GRADIENT,
    GRADIENT_WITHOUT_A_SLOPE,
    SHAPE,
    WRITES_BEFORE_THE_OUTPUT,
    WRITES_BEHIND_THE_OUTPUT,
    LEAVES_AN_ELEMENT_OUT,
    CHANGES_THE_INPUT,
    READS_VALUES_IN_PREPARE,
    WRONG_WHERE_CONSTANT,
    WRONG_IN_PLACE,
    PLAIN_KERNELS_DIFFER,
    DEPENDS_ON_THREADS,
    MESSAGE,
    TAKES_INTEGERS,
    TAKES_MORE,
    ALLOCATES
  }

  /** {@code max(x, 0)} with a flaw. */
  private record Flawed(Flaw flaw) implements Op {
    private static final Relu RELU = new Relu();

    private boolean is(Flaw one) {
      return flaw == one;
    }

    @Override
    public Specs infer(Specs in) {
      if (is(Flaw.TAKES_MORE)) {
        return RELU.infer(Specs.of(in.first()));
      }
      if (is(Flaw.TAKES_INTEGERS)) {
        return Specs.of(in.first());
      }
      in.requireCount(name(), 1);
      in.requireFloating(is(Flaw.MESSAGE) ? "flaw" : name());
      Spec spec = RELU.infer(in).first();
      if (is(Flaw.SHAPE)) {
        return Specs.of(spec.dtype(), Shape.of(spec.shape().size()));
      }
      return Specs.of(spec);
    }

    @Override
    public Step prepare(Operands operands) {
      Tensor x = operands.input(0);
      Tensor out = operands.output(0);
      Step step =
          is(Flaw.SHAPE) ? Copies.of(x, out, Layout.contiguous(x.shape())) : RELU.prepare(operands);
      if (out.size() == 0) {
        return step;
      }
      boolean wrong =
          switch (flaw) {
            case VALUE_WHERE_NOT_CONTIGUOUS -> !x.layout().isContiguous();
            case WRONG_WHERE_CONSTANT -> operands.isConstant(0);
            case WRONG_IN_PLACE -> x.at() == out.at() && x.memory().equals(out.memory());
            case PLAIN_KERNELS_DIFFER ->
                out.dtype().equals(DType.F32)
                    && out.engine().kernels().name().equals(plainName(out));
            case DEPENDS_ON_THREADS -> operands.engine().workers().threads() == 3;
            default -> false;
          };
      double read = is(Flaw.READS_VALUES_IN_PREPARE) ? Math.max(0, first(x)) : 0;
      return () -> {
        double kept = is(Flaw.LEAVES_AN_ELEMENT_OUT) ? first(out) : 0;
        step.run();
        long end = out.at() + out.size() * out.dtype().bytes();
        switch (flaw) {
          case WRITES_BEFORE_THE_OUTPUT ->
              out.memory().set(ValueLayout.JAVA_BYTE, out.at() - 1, (byte) 1);
          case WRITES_BEHIND_THE_OUTPUT -> out.memory().set(ValueLayout.JAVA_BYTE, end, (byte) 1);
          case LEAVES_AN_ELEMENT_OUT -> setFirst(out, kept);
          case CHANGES_THE_INPUT -> setFirst(x, first(x) + 1);
          case READS_VALUES_IN_PREPARE -> setFirst(out, read);
          case ALLOCATES -> garbage = new byte[16];
          case VALUE_OF_THE_LAST_ELEMENT ->
              out.memory().set(ValueLayout.JAVA_BYTE, end - 1, (byte) 7);
          case ZERO_FOR_NAN -> {
            if (Double.isNaN(first(x))) {
              setFirst(out, 0);
            }
          }
          default -> {
            if (wrong) {
              setFirst(out, 42);
            }
          }
        }
      };
    }

    private static String plainName(Tensor out) {
      return out.engine().scalar().kernels().name();
    }

    private static double first(Tensor x) {
      return x.value(new long[x.rank()]);
    }

    private static void setFirst(Tensor x, double value) {
      x.set(value, new long[x.rank()]);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      Tensor grad = grads.at(0);
      return Grads.of(
          switch (flaw) {
            case GRADIENT -> grad;
            case GRADIENT_OF_THE_GRADIENT -> new FlawedGrad().apply(saved.output(0), grad);
            default -> new Relu.Grad().apply(saved.output(0), grad);
          });
    }

    @Override
    public boolean inPlace() {
      return true;
    }
  }

  /** The gradient of {@code max(x, 0)}, which is wrong about its own. */
  private record FlawedGrad() implements Op {
    @Override
    public Specs infer(Specs in) {
      return new Relu.Grad().infer(in);
    }

    @Override
    public Step prepare(Operands operands) {
      return new Relu.Grad().prepare(operands);
    }

    @Override
    public Grads backward(Saved saved, Grads grads, Wanted wanted) {
      return Grads.of(null, grads.at(0).mul(2));
    }
  }

  /** Where garbage goes that no compiler may drop. */
  static volatile byte[] garbage;

  private static OpCase tested(Flaw flaw) {
    OpCase tested =
        OpContract.unary(new Flawed(flaw), Domain.awayFrom(0), Tolerance.EXACT, x -> x < 0 ? 0 : x)
            .smooth()
            .rejects(
                "flawed: f32 or f64 expected, not i32: cast first: [2]",
                Spec.of(DType.I32, Shape.of(2)));
    return flaw == Flaw.GRADIENT_WITHOUT_A_SLOPE ? tested.withoutGradient("none") : tested;
  }

  private static OpContract contract(OpCase tested) {
    return new OpContract() {
      @Override
      List<OpCase> cases() {
        return List.of(tested);
      }
    };
  }

  /** The contract's tests by name, warm ones aside. */
  private static Map<String, Executable> tests(OpCase tested) {
    OpContract contract = contract(tested);
    Map<String, Consumer<OpCase>> plain =
        Map.of(
            "equalsTheOracle", contract::equalsTheOracle,
            "takesOperandsOfAnyLayout", contract::takesOperandsOfAnyLayout,
            "treatsNan", contract::treatsNanAndInfinityAsTheOracleDoes,
            "infersWhatItProduces", contract::infersWhatItProduces,
            "constants", contract::givesTheSameBitsFromConstants,
            "inPlace", contract::givesTheSameBitsInPlace,
            "plainKernels", contract::givesTheSameBitsOnPlainKernels,
            "threads", contract::givesTheSameBitsOnAnyNumberOfThreads,
            "refuses", contract::refusesWhatItIsNotDefinedFor,
            "refusesOthers", contract::refusesOtherTypesAndCounts);
    Map<String, Executable> tests = new TreeMap<>();
    plain.forEach((name, test) -> tests.put(name, () -> test.accept(tested)));
    tests.put("scopes", () -> contract.livesInTheInnermostScope(tested));
    tests.put("gradient", () -> contract.gradientIsTheSlope(CHOICES));
    tests.put("second", () -> contract.gradientOfTheGradientIsItsSlope(CHOICES));
    if (tested.withoutGradient != null) {
      tests.put("noGradient", () -> contract.hasNoGradientWhereItSaysSo(tested));
    }
    return tests;
  }

  /** The test that has to fail, and a part of what it has to say. */
  private static String[] finding(Flaw flaw) {
    return switch (flaw) {
      case NONE -> new String[] {"", ""};
      case VALUE_OF_THE_LAST_ELEMENT -> new String[] {"equalsTheOracle", "expected"};
      case VALUE_WHERE_NOT_CONTIGUOUS -> new String[] {"takesOperandsOfAnyLayout", "42.0 computed"};
      case ZERO_FOR_NAN -> new String[] {"treatsNan", "NaN expected, not 0.0"};
      case GRADIENT -> new String[] {"gradient", "slope"};
      case GRADIENT_OF_THE_GRADIENT -> new String[] {"second", "slope"};
      case GRADIENT_WITHOUT_A_SLOPE -> new String[] {"noGradient", "expected: <0.0>"};
      case SHAPE -> new String[] {"infersWhatItProduces", "shape of the output"};
      case WRITES_BEFORE_THE_OUTPUT, WRITES_BEHIND_THE_OUTPUT ->
          new String[] {"equalsTheOracle", "written outside of its memory"};
      case LEAVES_AN_ELEMENT_OUT -> new String[] {"equalsTheOracle", "depends on what was there"};
      case CHANGES_THE_INPUT -> new String[] {"equalsTheOracle", ""};
      case READS_VALUES_IN_PREPARE -> new String[] {"equalsTheOracle", "expected"};
      case WRONG_WHERE_CONSTANT -> new String[] {"constants", "constant"};
      case WRONG_IN_PLACE -> new String[] {"inPlace", "in place"};
      case PLAIN_KERNELS_DIFFER -> new String[] {"plainKernels", ""};
      case DEPENDS_ON_THREADS -> new String[] {"threads", "3 threads"};
      case MESSAGE -> new String[] {"refuses", "flawed: f32 or f64 expected"};
      case TAKES_INTEGERS -> new String[] {"refusesOthers", "Expected"};
      case TAKES_MORE -> new String[] {"refusesOthers", "Expected"};
      case ALLOCATES -> new String[] {"", ""};
    };
  }

  /** Where there are two kinds of kernels. */
  @Tag("vectors")
  @Test
  void findsPlainKernelsThatDiffer() {
    findsTheFlaw(Flaw.PLAIN_KERNELS_DIFFER);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLAIN_KERNELS_DIFFER")
  void findsTheFlaw(Flaw flaw) {
    String test = finding(flaw)[0];
    Map<String, Executable> tests = tests(tested(flaw));
    if (test.isEmpty()) {
      tests.forEach((name, sound) -> assertDoesNotThrow(sound, name));
      return;
    }
    String message =
        assertThrows(AssertionError.class, tests.get(test), test)
            .getMessage()
            .toLowerCase(Locale.ROOT);
    assertTrue(message.contains(finding(flaw)[1].toLowerCase(Locale.ROOT)), message);
  }

  @Tag("warm")
  @Test
  void findsGarbage() {
    OpCase sound = tested(Flaw.NONE);
    OpCase allocating = tested(Flaw.ALLOCATES);
    contract(sound).allocatesNothingOnceWarm(sound);
    String message =
        assertThrows(
                AssertionError.class,
                () -> contract(allocating).allocatesNothingOnceWarm(allocating))
            .getMessage();
    assertTrue(message.contains("bytes allocated in 100 runs"), message);
  }
}
