package dev.lanewise.tensor;

/** The eager way of an operator: check, infer, allocate, prepare, run, track. */
final class Dispatch {
  private Dispatch() {}

  static Tensor[] run(Op op, Tensor[] inputs) {
    Scope home = home(op, inputs);
    Specs specs = op.infer(Specs.of(inputs));
    Tensor[] outputs = op instanceof ViewOp view ? view(view, inputs[0], home) : null;
    if (outputs == null) {
      outputs = new Tensor[specs.size()];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = home.empty(specs.at(i).dtype(), specs.at(i).layout());
      }
      compute(op, inputs, outputs, home);
    }
    return tracked(op, inputs, outputs, home);
  }

  private static Tensor[] view(ViewOp op, Tensor x, Scope home) {
    Layout layout = op.view(x.layout());
    return layout == null ? null : new Tensor[] {x.view(layout, home)};
  }

  private static void compute(Op op, Tensor[] inputs, Tensor[] outputs, Scope home) {
    try (Eager operands = new Eager(inputs, outputs, home)) {
      Step step = op.prepare(operands);
      Op outer = home.enter(op);
      try {
        step.run();
      } finally {
        home.enter(outer);
      }
    }
    AnomalyWatch watch = home.anomalyWatch();
    if (watch != null) {
      watch.check(op, inputs, outputs);
    }
  }

  private static Tensor[] tracked(Op op, Tensor[] inputs, Tensor[] outputs, Scope home) {
    for (Tensor input : inputs) {
      if (input.origin() != null) {
        Origin origin = Origin.of(op, inputs, outputs, home);
        for (int i = 0; i < outputs.length; i++) {
          outputs[i].born(origin, i);
        }
        break;
      }
    }
    return outputs;
  }

  /** The innermost scope among the operands; also the one check of lifetimes and threads. */
  private static Scope home(Op op, Tensor[] inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException(op.name() + ": no operands");
    }
    Scope home = inputs[0].scope();
    for (Tensor input : inputs) {
      input.requireAlive(op);
      Scope inner = Scope.innermost(home, input.scope());
      if (inner == null) {
        throw Specs.of(inputs)
            .error(
                op.name(),
                "operands from unrelated scopes '"
                    + home.name()
                    + "' and '"
                    + input.scope().name()
                    + "', borrow one with in(scope)");
      }
      home = inner;
    }
    home.requireUsable(op);
    return home;
  }

  /** Operands whose scratch lives until the operator has run. */
  private static final class Eager extends Operands implements AutoCloseable {
    private final Scope home;
    private Scope scratch;

    Eager(Tensor[] inputs, Tensor[] outputs, Scope home) {
      super(inputs, outputs);
      this.home = home;
    }

    @Override
    public boolean isConstant(int i) {
      return false;
    }

    @Override
    public Tensor scratch(DType dtype, Shape shape) {
      if (scratch == null) {
        scratch = home.scratch();
      }
      return scratch.empty(dtype, shape);
    }

    @Override
    public Tensor shared(DType dtype, Shape shape, Filler fill) {
      Tensor tensor = scratch(dtype, shape);
      fill.fill(tensor);
      return tensor;
    }

    @Override
    public void close() {
      if (scratch != null) {
        scratch.close();
      }
    }
  }
}
