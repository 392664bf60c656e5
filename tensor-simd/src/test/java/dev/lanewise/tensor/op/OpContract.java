package dev.lanewise.tensor.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.HeapMeter;
import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.Arithmetic;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Engine;
import dev.lanewise.tensor.Op;
import dev.lanewise.tensor.Placement;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Specs;
import dev.lanewise.tensor.Step;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.Workers;
import dev.lanewise.tensor.autograd.Gradients;
import dev.lanewise.tensor.check.GradCheck;
import dev.lanewise.tensor.check.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every operator keeps: a test extends this class, names its operators and inherits the tests.
 *
 * <pre>{@code
 * final class LogTest extends OpContract {
 *   @Override
 *   List<OpCase> cases() {
 *     return List.of(
 *         unary(new Log(), Domain.positive(), Tolerance.ulps(2), Math::log)
 *             .smooth()
 *             .rejects("log: f32 or f64 expected, not i32: cast first: [2]",
 *                 Spec.of(DType.I32, Shape.of(2))),
 *         op(new Gather(0), Tolerance.EXACT,
 *             Shapes.of(e -> Shapes.tuple(Shape.of(e.positive(), e.next()), Shape.of(e.next()))),
 *             Domain.normal().anyType(), Domain.indices(DType.I64, shapes -> shapes[0].extent(0))));
 *   }
 * }
 * }</pre>
 *
 * <p>A case is an operator with one set of attributes: list one for each attribute that changes
 * what is computed, and one for each fused gradient nested in the operator's file. Domains keep
 * away from kinks ({@link Domain#awayFrom}) and ties ({@link Domain#distinct}); a case that can be
 * differentiated twice says {@link OpCase#smooth}. Every case is computed in F32 and F64 and
 * compared with the plain Java kernels in F64 and with the oracle, if it has one.
 *
 * <p>The rows of the test matrix that only change the vectors leave out the tests tagged {@code
 * plain}: those compute on the plain Java kernels, or compare with the oracle a result that has the
 * bits of these.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OpContract {
  /** Runs of a step after which every loop in it has been compiled. */
  private static final int WARM = 6_000;

  /** How often a step that still allocates is warmed up once more, and by how many runs at most. */
  private static final int ROUNDS = 16;

  private static final int MOST_REPEATS = 1_000;

  private static final List<Arrangement> ARRANGEMENTS = List.of(Arrangement.values());
  private static final List<DType> FLOATING = List.of(DType.F32, DType.F64);
  private static final List<DType> OTHERS =
      List.of(DType.I64, DType.I32, DType.I16, DType.I8, DType.U8, DType.BOOL);
  private static final double[] SPECIAL = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1.5
  };

  /** Engines by number of threads, kept for the life of the JVM. */
  private static final class Engines {
    static final Engine ONE = Engine.of(CpuProfile.detected(), Workers.of(1));
    static final Engine TWO = ONE.workers(Workers.of(2));
    static final Engine THREE = ONE.workers(Workers.of(3));
    static final Engine SCALAR = ONE.scalar();
  }

  /** The operators to test. */
  abstract List<OpCase> cases();

  final List<OpCase> notOnlyFinite() {
    return cases().stream().filter(tested -> tested.notFinite == null).toList();
  }

  final List<OpCase> inPlace() {
    return cases().stream().filter(tested -> tested.op.inPlace()).toList();
  }

  final List<OpCase> withoutGradient() {
    return cases().stream().filter(tested -> tested.withoutGradient != null).toList();
  }

  /** An elementwise function of one operand. */
  static OpCase unary(Op op, Domain domain, Tolerance tolerance, DoubleUnaryOperator oracle) {
    return op(op, tolerance, Shapes.same(1), domain)
        .gives(shapes -> shapes[0])
        .oracle(
            (inputs, shapes) -> new double[][] {Arrays.stream(inputs[0]).map(oracle).toArray()});
  }

  /** An elementwise function of two operands that broadcast. */
  static OpCase binary(
      Op op, Domain x, Domain y, Tolerance tolerance, DoubleBinaryOperator oracle) {
    return op(op, tolerance, Shapes.broadcast(2), x, y)
        .gives(shapes -> Shape.broadcast(shapes[0], shapes[1]))
        .oracle((inputs, shapes) -> new double[][] {zip(inputs, shapes, oracle)});
  }

  /** Any operator: its tolerance, the shapes of its inputs and what they hold. */
  static OpCase op(Op op, Tolerance tolerance, Shapes shapes, Domain... inputs) {
    return new OpCase(op, shapes, tolerance, inputs);
  }

  private static double[] zip(double[][] inputs, Shape[] shapes, DoubleBinaryOperator function) {
    Shape out = Shape.broadcast(shapes[0], shapes[1]);
    double[] values = new double[Math.toIntExact(out.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          function.applyAsDouble(
              inputs[0][stretched(shapes[0], out, i)], inputs[1][stretched(shapes[1], out, i)]);
    }
    return values;
  }

  /** The row-major number of the element that stands at {@code number} of a shape stretched to. */
  static int stretched(Shape shape, Shape out, int number) {
    int rest = number;
    int found = 0;
    int stride = 1;
    for (int axis = -1; axis >= -shape.rank(); axis--) {
      if (shape.extent(axis) != 1) {
        found += (int) (rest % out.extent(axis)) * stride;
        stride *= (int) shape.extent(axis);
      }
      rest /= (int) out.extent(axis);
    }
    return found;
  }

  @Tag("plain")
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void equalsTheOracle(OpCase tested) {
    SplittableRandom random = new SplittableRandom(1);
    for (DType dtype : types(tested)) {
      for (Shape[] shapes : tested.shapes.sweep()) {
        compare(tested, dtype, shapes, all(tested, Arrangement.CONTIGUOUS), random);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void takesOperandsOfAnyLayout(OpCase tested) {
    SplittableRandom random = new SplittableRandom(2);
    for (DType dtype : types(tested)) {
      for (Shape[] shapes : tested.shapes.usual()) {
        for (Arrangement arrangement : Arrangement.values()) {
          compare(tested, dtype, shapes, all(tested, arrangement), random);
        }
        for (int i = 0; i < 4 && tested.domains.length > 1; i++) {
          compare(tested, dtype, shapes, mixed(tested, random), random);
        }
      }
      for (Shape[] shapes : tested.shapes.wide()) {
        compare(tested, dtype, shapes, all(tested, Arrangement.STEPPED), random);
        compare(tested, dtype, shapes, all(tested, Arrangement.TRANSPOSED), random);
        compare(tested, dtype, shapes, mixed(tested, random), random);
      }
    }
  }

  private static Arrangement[] mixed(OpCase tested, SplittableRandom random) {
    Arrangement[] mixed = new Arrangement[tested.domains.length];
    Arrays.setAll(mixed, i -> ARRANGEMENTS.get(random.nextInt(ARRANGEMENTS.size())));
    return mixed;
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("notOnlyFinite")
  final void treatsNanAndInfinityAsTheOracleDoes(OpCase tested) {
    for (DType dtype : FLOATING) {
      for (Shape[] shapes : tested.shapes.usual()) {
        double[][] values = values(tested, shapes, new SplittableRandom(3));
        compareClasses(tested, dtype, shapes, grid(tested, values));
        for (int input = 0; input < values.length; input++) {
          if (tested.domains[input].isFloating() && values[input].length > 0) {
            for (int kind = 0; kind < 3; kind++) {
              double[][] changed = values.clone();
              changed[input] = values[input].clone();
              changed[input][(kind + 2) * 7 % changed[input].length] = SPECIAL[kind];
              compareClasses(tested, dtype, shapes, changed);
            }
          }
        }
      }
    }
  }

  /** All combinations of special values meet in elementwise functions of up to three operands. */
  private static double[][] grid(OpCase tested, double[][] values) {
    double[][] grid = values.clone();
    int period = 1;
    for (int input = 0; input < grid.length; input++) {
      if (tested.domains[input].isFloating()) {
        int divisor = period;
        grid[input] = new double[values[input].length];
        Arrays.setAll(grid[input], i -> SPECIAL[i / divisor % SPECIAL.length]);
        period *= SPECIAL.length;
      }
    }
    return grid;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void infersWhatItProduces(OpCase tested) {
    for (Arrangement arrangement : Arrangement.values()) {
      for (DType dtype : types(tested)) {
        for (Shape[] shapes : tested.shapes.usual()) {
          try (Scope scope = scope(Engines.ONE)) {
            double[][] values = values(tested, shapes, new SplittableRandom(4));
            Tensor[] inputs = place(tested, scope, dtype, shapes, values, all(tested, arrangement));
            Specs inferred = infer(tested.op, inputs);
            Tensor[] outputs = tested.op.applyAll(inputs);
            Run prepared =
                run(tested, Engines.ONE, dtype, shapes, values, all(tested, arrangement));
            assertEquals(tested.op.visibleOutputs(), outputs.length, "visible outputs");
            if (tested.shape != null) {
              assertEquals(
                  tested.shape.apply(shapes),
                  inferred.shape(0),
                  place(tested, dtype, shapes, "shape of the output"));
            }
            for (int i = 0; i < outputs.length; i++) {
              String place = place(tested, dtype, shapes, arrangement.toString()) + " output " + i;
              assertEquals(inferred.at(i).dtype(), outputs[i].dtype(), place);
              assertEquals(inferred.shape(i), outputs[i].shape(), place);
              if (!isView(tested.op)) {
                assertEquals(inferred.at(i).layout(), outputs[i].layout(), place);
              }
              assertArrayEquals(
                  prepared.bits()[i], Placement.bits(outputs[i]), place + ": apply and prepare");
            }
          }
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void givesTheSameBitsFromConstants(OpCase tested) {
    for (Shape[] shapes : tested.shapes.usual()) {
      double[][] values = values(tested, shapes, new SplittableRandom(5));
      for (DType dtype : FLOATING) {
        Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
        Run variable = run(tested, Engines.ONE, dtype, shapes, values, plain);
        Run constant = runPrepared(tested, Engines.ONE, dtype, shapes, values, true);
        for (int i = 0; i < variable.bits().length; i++) {
          assertArrayEquals(
              variable.bits()[i], constant.bits()[i], place(tested, dtype, shapes, "constant"));
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("inPlace")
  final void givesTheSameBitsInPlace(OpCase tested) {
    int compared = 0;
    for (DType dtype : FLOATING) {
      for (Shape[] shapes : tested.shapes.sweep()) {
        double[][] values = values(tested, shapes, new SplittableRandom(6));
        try (Scope scope = scope(Engines.ONE)) {
          Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
          Tensor[] inputs = place(tested, scope, dtype, shapes, values, plain);
          Specs inferred = infer(tested.op, inputs);
          if (inferred.first().equals(inputs[0].spec())) {
            Run expected = run(tested, Engines.ONE, dtype, shapes, values, plain);
            Tensor[] outputs = outputs(guarded(scope, inferred));
            outputs[0] = inputs[0];
            tested.op.prepare(new Bound(inputs, outputs, scope, false)).run();
            for (int i = 0; i < outputs.length; i++) {
              assertArrayEquals(
                  expected.bits()[i],
                  Placement.bits(outputs[i]),
                  place(tested, dtype, shapes, "in place"));
            }
            compared++;
          }
        }
      }
    }
    assertTrue(compared > 0, "no shape allows input 0 to be output 0");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void givesTheSameBitsOnPlainKernels(OpCase tested) {
    for (DType dtype : FLOATING) {
      List<Shape[]> tuples = new ArrayList<>(tested.shapes.sweep());
      for (Shape[] shapes : tuples) {
        double[][] values = values(tested, shapes, new SplittableRandom(7));
        Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
        Run scalar = run(tested, Engines.SCALAR, dtype, shapes, values, plain);
        if (Arithmetic.FMA) {
          Run simd = run(tested, Engines.ONE, dtype, shapes, values, plain);
          for (int i = 0; i < simd.bits().length; i++) {
            assertArrayEquals(
                scalar.bits()[i], simd.bits()[i], place(tested, dtype, shapes, "providers"));
          }
        } else {
          check(
              tested,
              dtype,
              shapes,
              "plain kernels",
              scalar,
              expected(tested, shapes, scalar.inputs()));
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void givesTheSameBitsOnAnyNumberOfThreads(OpCase tested) {
    Shape[] shapes = tested.shapes.large();
    double[][] values = values(tested, shapes, new SplittableRandom(8));
    long[][] one = computed(tested, Engines.ONE, shapes, values);
    for (Engine engine : List.of(Engines.TWO, Engines.THREE)) {
      long[][] more = computed(tested, engine, shapes, values);
      for (int i = 0; i < one.length; i++) {
        assertArrayEquals(
            one[i],
            more[i],
            place(tested, DType.F32, shapes, engine.workers().threads() + " threads"));
      }
    }
  }

  /** The bits of the outputs on contiguous inputs. */
  private static long[][] computed(
      OpCase tested, Engine engine, Shape[] shapes, double[][] values) {
    try (Scope scope = scope(engine)) {
      Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
      Tensor[] inputs = place(tested, scope, DType.F32, shapes, values, plain);
      Bindings bindings = bind(tested, scope, inputs, false);
      bindings.step().run();
      return bits(outputs(bindings.outputs()));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void refusesWhatItIsNotDefinedFor(OpCase tested) {
    try (Scope scope = scope(Engines.ONE)) {
      for (OpCase.Reject reject : tested.rejects) {
        Tensor[] inputs =
            reject.inputs().stream()
                .map(spec -> scope.empty(spec.dtype(), spec.layout()).fill(0))
                .toArray(Tensor[]::new);
        IllegalArgumentException thrown =
            assertThrows(
                IllegalArgumentException.class,
                () -> tested.op.apply(inputs),
                () -> tested + " of " + reject.inputs());
        assertEquals(reject.message(), thrown.getMessage());
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void refusesOtherTypesAndCounts(OpCase tested) {
    Shape[] shapes = tested.shapes.usual().get(0);
    Spec[] specs = new Spec[shapes.length];
    int floating = 0;
    for (int i = 0; i < specs.length; i++) {
      floating += tested.domains[i].isFloating() ? 1 : 0;
      specs[i] = Spec.of(tested.domains[i].dtype(DType.F32), shapes[i]);
    }
    for (int i = 0; i < specs.length; i++) {
      if (!tested.domains[i].isAnyType()) {
        refuses(tested, specs, i, tested.domains[i].isFloating() ? DType.I32 : DType.F32);
        if (tested.domains[i].isFloating() && floating > 1) {
          refuses(tested, specs, i, DType.F64);
        }
      }
    }
    if (!tested.variadic) {
      Spec[] more = Arrays.copyOf(specs, specs.length + 1);
      more[specs.length] = specs[specs.length - 1];
      refuses(tested, more);
    }
  }

  private static void refuses(OpCase tested, Spec[] specs, int changed, DType dtype) {
    Spec[] wrong = specs.clone();
    wrong[changed] = Spec.of(dtype, specs[changed].shape());
    refuses(tested, wrong);
  }

  private static void refuses(OpCase tested, Spec[] specs) {
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> tested.op.infer(Specs.of(specs)),
            () -> tested + " of " + Arrays.toString(specs));
    String message = thrown.getMessage();
    assertTrue(message.startsWith(tested.op.name() + ": "), message);
    for (Spec spec : specs) {
      assertTrue(message.contains(spec.shape().toString()), message);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void livesInTheInnermostScope(OpCase tested) {
    Shape[] shapes = tested.shapes.usual().get(0);
    double[][] values = values(tested, shapes, new SplittableRandom(9));
    String name = tested.op.name();
    Tensor[] late;
    try (Scope scope = scope(Engines.ONE);
        Scope child = scope.child("step");
        Scope other = Scope.open("other", Scope.Options.standard().engine(Engines.ONE))) {
      Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
      Tensor[] inputs = place(tested, scope, DType.F32, shapes, values, plain);
      int last = inputs.length - 1;
      assertSame(scope, tested.op.apply(inputs).scope());
      Tensor[] inner = inputs.clone();
      inner[last] = inputs[last].in(child);
      assertSame(child, tested.op.apply(inner).scope());
      Tensor[] foreign = inputs.clone();
      foreign[last] = place(tested, other, DType.F32, shapes, values, plain)[last];
      if (inputs.length > 1) {
        String message =
            assertThrows(IllegalArgumentException.class, () -> tested.op.apply(foreign))
                .getMessage();
        assertTrue(
            message.startsWith(
                name
                    + ": operands from unrelated scopes 'contract' and 'other', borrow one with"
                    + " in(scope): "),
            message);
      }
      late = foreign;
    }
    String message =
        assertThrows(IllegalStateException.class, () -> tested.op.apply(late)).getMessage();
    assertTrue(message.startsWith(name + ": scope '"), message);
    assertTrue(message.endsWith("' is closed"), message);
  }

  @net.jqwik.api.Tag("plain")
  @Property(tries = 5)
  final void gradientIsTheSlope(@ForAll @Size(24) List<@IntRange(max = 9_999) Integer> choices) {
    for (OpCase tested : cases()) {
      if (tested.withoutGradient == null) {
        differentiate(tested, choices, false);
      }
    }
  }

  @net.jqwik.api.Tag("plain")
  @Property(tries = 2)
  final void gradientOfTheGradientIsItsSlope(
      @ForAll @Size(24) List<@IntRange(max = 9_999) Integer> choices) {
    for (OpCase tested : cases()) {
      if (tested.smooth) {
        differentiate(tested, choices, true);
      }
    }
  }

  private static void differentiate(OpCase tested, List<Integer> choices, boolean twice) {
    int[] next = {0};
    IntUnaryOperator choice = n -> choices.get(next[0]++ % choices.size()) % n;
    Shape[] shapes = tested.shapes.chosen(Extents.chosen(choice));
    double[][] values = values(tested, shapes, new SplittableRandom(choice.applyAsInt(9_999)));
    Arrangement[] arrangements = new Arrangement[shapes.length];
    // Elements that share memory have no slopes of their own.
    Arrays.setAll(
        arrangements,
        i -> ARRANGEMENTS.get(choice.applyAsInt(ARRANGEMENTS.indexOf(Arrangement.EXPANDED))));
    try (Scope scope = scope(Engines.SCALAR)) {
      Tensor[] inputs = place(tested, scope, DType.F64, shapes, values, arrangements);
      for (int i = 0; i < inputs.length; i++) {
        if (tested.domains[i].isFloating() && !tested.isConstant(i)) {
          inputs[i] = inputs[i].tracked();
        }
      }
      GradCheck check = GradCheck.of(tested.op).seed(choice.applyAsInt(9_999));
      try {
        if (twice) {
          check.checkSecond(inputs);
        } else {
          check.check(inputs);
        }
      } catch (AssertionError e) {
        throw new AssertionError(
            tested + " of " + Arrays.toString(arrangements) + ": " + e.getMessage(), e);
      }
    }
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("withoutGradient")
  final void hasNoGradientWhereItSaysSo(OpCase tested) {
    Shape[] shapes = tested.shapes.usual().get(0);
    double[][] values = values(tested, shapes, new SplittableRandom(10));
    try (Scope scope = scope(Engines.SCALAR)) {
      Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
      Tensor[] inputs = place(tested, scope, DType.F64, shapes, values, plain);
      List<Tensor> leaves = new ArrayList<>();
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i].dtype().isFloating()) {
          inputs[i] = inputs[i].tracked();
          leaves.add(inputs[i]);
        }
      }
      Tensor out = tested.op.apply(inputs);
      if (out.isTracked() && out.dtype().isFloating()) {
        Gradients gradients = Gradients.of(out.sum());
        for (Tensor leaf : leaves) {
          assertArrayEquals(
              new double[Math.toIntExact(leaf.size())], gradients.get(leaf).toDoubles());
        }
      }
    }
  }

  @Tag("warm")
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  final void allocatesNothingOnceWarm(OpCase tested) {
    for (DType dtype : FLOATING) {
      for (Arrangement arrangement : List.of(Arrangement.CONTIGUOUS, Arrangement.STEPPED)) {
        Shape[] shapes = tested.shapes.usual().get(0);
        allocatesNothing(tested, Engines.ONE, dtype, shapes, arrangement, WARM);
      }
    }
    Shape[] large = tested.shapes.large();
    allocatesNothing(tested, Engines.TWO, DType.F32, large, Arrangement.CONTIGUOUS, 10);
  }

  private static void allocatesNothing(
      OpCase tested,
      Engine engine,
      DType dtype,
      Shape[] shapes,
      Arrangement arrangement,
      int warm) {
    double[][] values = values(tested, shapes, new SplittableRandom(11));
    try (Scope scope = scope(engine)) {
      Tensor[] inputs = place(tested, scope, dtype, shapes, values, all(tested, arrangement));
      Tensor[] outputs = outputs(guarded(scope, infer(tested.op, inputs)));
      Step step = tested.op.prepare(new Bound(inputs, outputs, scope, false));
      int runs = warm < 100 ? 1 : 100;
      long allocated = Long.MAX_VALUE;
      int repeats = warm;
      for (int round = 0; round < ROUNDS && allocated != 0; round++) {
        if (round > 0) {
          // Without -Xbatch the compilers work in the background.
          LockSupport.parkNanos(10_000_000);
        }
        repeat(step, repeats);
        // What runs once in a large step needs thousands of them until it is compiled.
        repeats = Math.min(2 * repeats, MOST_REPEATS);
        allocated = HeapMeter.allocated(() -> repeat(step, runs));
      }
      if (allocated != 0) {
        fail(
            place(tested, dtype, shapes, arrangement.toString())
                + ": "
                + allocated
                + " bytes allocated in "
                + runs
                + " runs");
      }
    }
  }

  private static void repeat(Step step, int times) {
    for (int i = 0; i < times; i++) {
      step.run();
    }
  }

  private static List<DType> types(OpCase tested) {
    List<DType> types = new ArrayList<>(FLOATING);
    if (tested.isAnyType()) {
      types.addAll(OTHERS);
    }
    return types;
  }

  private static Arrangement[] all(OpCase tested, Arrangement arrangement) {
    Arrangement[] arrangements = new Arrangement[tested.domains.length];
    Arrays.fill(arrangements, arrangement);
    return arrangements;
  }

  private static double[][] values(OpCase tested, Shape[] shapes, SplittableRandom random) {
    if (shapes.length != tested.domains.length) {
      throw new IllegalStateException(
          tested + ": " + shapes.length + " shapes, " + tested.domains.length + " domains");
    }
    double[][] values = new double[shapes.length][];
    for (int i = 0; i < values.length; i++) {
      values[i] = tested.domains[i].values(random, shapes, i);
    }
    return values;
  }

  private static Scope scope(Engine engine) {
    return Scope.open("contract", Scope.Options.standard().engine(engine));
  }

  private static Tensor[] place(
      OpCase tested,
      Scope scope,
      DType dtype,
      Shape[] shapes,
      double[][] values,
      Arrangement[] arrangements) {
    Tensor[] inputs = new Tensor[shapes.length];
    for (int i = 0; i < inputs.length; i++) {
      DType own = tested.domains[i].dtype(dtype);
      inputs[i] = arrangements[i].place(scope, own, shapes[i], values[i]);
    }
    return inputs;
  }

  private static Specs infer(Op op, Tensor[] inputs) {
    return op.infer(Specs.of(Arrays.stream(inputs).map(Tensor::spec).toArray(Spec[]::new)));
  }

  private static boolean isView(Op op) {
    return op instanceof dev.lanewise.tensor.ViewOp;
  }

  private static Placement.Guarded[] guarded(Scope scope, Specs specs) {
    return specs.asList().stream()
        .map(spec -> Placement.guarded(scope, spec))
        .toArray(Placement.Guarded[]::new);
  }

  private static Tensor[] outputs(Placement.Guarded[] guarded) {
    return Arrays.stream(guarded).map(Placement.Guarded::tensor).toArray(Tensor[]::new);
  }

  /**
   * What a prepared step computed.
   *
   * @param inputs the values it read, as its inputs' types hold them
   * @param specs of the outputs
   * @param values of the outputs
   * @param bits of the outputs
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Run(double[][] inputs, List<Spec> specs, double[][] values, long[][] bits) {}

  /** Runs a step that was prepared before its inputs held what it reads. */
  private static Run run(
      OpCase tested,
      Engine engine,
      DType dtype,
      Shape[] shapes,
      double[][] values,
      Arrangement[] arrangements) {
    try (Scope scope = scope(engine)) {
      SplittableRandom random = new SplittableRandom(Arrays.deepHashCode(values));
      double[][] other = values(tested, shapes, random);
      Tensor[] inputs = place(tested, scope, dtype, shapes, other, arrangements);
      Bindings bindings = bind(tested, scope, inputs, false);
      for (int i = 0; i < inputs.length; i++) {
        Placement.write(inputs[i], values[i]);
      }
      return run(tested, inputs, bindings);
    }
  }

  /** Runs a step that was prepared for what its inputs hold. */
  private static Run runPrepared(
      OpCase tested,
      Engine engine,
      DType dtype,
      Shape[] shapes,
      double[][] values,
      boolean constant) {
    try (Scope scope = scope(engine)) {
      Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
      Tensor[] inputs = place(tested, scope, dtype, shapes, values, plain);
      return run(tested, inputs, bind(tested, scope, inputs, constant));
    }
  }

  /** A prepared step and the guarded outputs it is bound to. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Bindings(Step step, Placement.Guarded[] outputs) {}

  private static Bindings bind(OpCase tested, Scope scope, Tensor[] inputs, boolean constant) {
    Placement.Guarded[] guarded = guarded(scope, infer(tested.op, inputs));
    Step step = tested.op.prepare(new Bound(inputs, outputs(guarded), scope, constant));
    return new Bindings(step, guarded);
  }

  /** Runs twice over different rubbish, which must not show in the outputs. */
  private static Run run(OpCase tested, Tensor[] inputs, Bindings bindings) {
    long[][] before = bits(inputs);
    Tensor[] outputs = outputs(bindings.outputs());
    for (Placement.Guarded output : bindings.outputs()) {
      output.scramble(0x01);
    }
    bindings.step().run();
    long[][] first = bits(outputs);
    for (Placement.Guarded output : bindings.outputs()) {
      output.scramble(0xFE);
    }
    bindings.step().run();
    long[][] second = bits(outputs);
    for (int i = 0; i < outputs.length; i++) {
      String place = tested + " of " + Arrays.toString(inputs(inputs)) + ": output " + i;
      assertArrayEquals(first[i], second[i], place + " depends on what was there");
      assertTrue(bindings.outputs()[i].isIntact(), place + ": written outside of its memory");
    }
    long[][] after = bits(inputs);
    for (int i = 0; i < inputs.length; i++) {
      assertArrayEquals(before[i], after[i], tested + ": input " + i + " was changed");
    }
    double[][] read = Arrays.stream(inputs).map(Placement::values).toArray(double[][]::new);
    double[][] written = Arrays.stream(outputs).map(Placement::values).toArray(double[][]::new);
    return new Run(read, Arrays.stream(outputs).map(Tensor::spec).toList(), written, second);
  }

  private static Spec[] inputs(Tensor[] inputs) {
    return Arrays.stream(inputs).map(Tensor::spec).toArray(Spec[]::new);
  }

  private static long[][] bits(Tensor[] tensors) {
    return Arrays.stream(tensors).map(Placement::bits).toArray(long[][]::new);
  }

  private static void compare(
      OpCase tested,
      DType dtype,
      Shape[] shapes,
      Arrangement[] arrangements,
      SplittableRandom random) {
    double[][] values = values(tested, shapes, random);
    Run actual = run(tested, Engines.ONE, dtype, shapes, values, arrangements);
    String how = Arrays.toString(arrangements);
    check(tested, dtype, shapes, how, actual, expected(tested, shapes, actual.inputs()));
    if (tested.oracle != null) {
      double[][] oracle = tested.oracle.outputs(actual.inputs(), shapes);
      check(tested, dtype, shapes, how + " against the oracle", actual, oracle);
    }
  }

  /** The plain kernels' result in F64. */
  private static double[][] expected(OpCase tested, Shape[] shapes, double[][] inputs) {
    return runPrepared(tested, Engines.SCALAR, DType.F64, shapes, inputs, false).values();
  }

  private static double[][] magnitudes(OpCase tested, Shape[] shapes, double[][] inputs) {
    if (tested.magnitudes != null) {
      return tested.magnitudes.outputs(inputs, shapes);
    }
    double[][] absolute = new double[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      absolute[i] =
          tested.domains[i].isFloating()
              ? Arrays.stream(inputs[i]).map(Math::abs).toArray()
              : inputs[i];
    }
    return expected(tested, shapes, absolute);
  }

  private static void check(
      OpCase tested, DType dtype, Shape[] shapes, String how, Run actual, double[][] expected) {
    double[][] magnitudes =
        tested.tolerance.needsMagnitude() ? magnitudes(tested, shapes, actual.inputs()) : null;
    for (int i = 0; i < expected.length; i++) {
      DType out = actual.specs().get(i).dtype();
      Tolerance tolerance = out.isFloating() ? tested.tolerance : Tolerance.EXACT;
      double[] values = actual.values()[i];
      String place = place(tested, dtype, shapes, how) + " output " + i;
      assertEquals(expected[i].length, values.length, place + ": number of elements");
      for (int j = 0; j < values.length; j++) {
        double magnitude = magnitudes == null || i >= magnitudes.length ? 0 : magnitudes[i][j];
        if (!tolerance.allows(out, expected[i][j], values[j], magnitude)) {
          fail(
              place
                  + " element "
                  + j
                  + ": "
                  + tolerance.describe(out, expected[i][j], values[j], magnitude));
        }
      }
    }
  }

  private static void compareClasses(
      OpCase tested, DType dtype, Shape[] shapes, double[][] values) {
    Arrangement[] plain = all(tested, Arrangement.CONTIGUOUS);
    Run actual = run(tested, Engines.ONE, dtype, shapes, values, plain);
    checkClasses(tested, dtype, shapes, actual, expected(tested, shapes, actual.inputs()));
    if (tested.oracle != null) {
      checkClasses(tested, dtype, shapes, actual, tested.oracle.outputs(actual.inputs(), shapes));
    }
  }

  private static void checkClasses(
      OpCase tested, DType dtype, Shape[] shapes, Run actual, double[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      boolean single = actual.specs().get(i).dtype().equals(DType.F32);
      for (int j = 0; j < expected[i].length; j++) {
        double target = single ? (float) expected[i][j] : expected[i][j];
        double value = actual.values()[i][j];
        if (Double.isFinite(target)
            ? !Double.isFinite(value)
            : Double.compare(target, value) != 0) {
          fail(
              place(tested, dtype, shapes, "special values")
                  + " output "
                  + i
                  + " element "
                  + j
                  + ": "
                  + target
                  + " expected, not "
                  + value
                  + ": "
                  + Arrays.deepToString(actual.inputs()));
        }
      }
    }
  }

  private static String place(OpCase tested, DType dtype, Shape[] shapes, String how) {
    return tested + " in " + dtype + " of " + Arrays.toString(shapes) + " (" + how + ")";
  }
}
