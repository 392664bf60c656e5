package dev.lanewise.tensor.op;

import dev.lanewise.kernel.Comparison;
import dev.lanewise.tensor.Op;
import java.util.List;

/**
 * The operators' table of contents: {@link #all}, and a constant for each that needs no attribute.
 *
 * <p>Operators that only gradients are made of are nested in the operator they belong to.
 */
public final class Ops {
  public static final Op ABS = new Abs();
  public static final Op ADD = new Add();
  public static final Op COS = new Cos();
  public static final Op CROSS_ENTROPY = new CrossEntropy();
  public static final Op DIV = new Div();
  public static final Op EQUAL = new Compare(Comparison.EQUAL);
  public static final Op ERF = new Erf();
  public static final Op EXP = new Exp();
  public static final Op GELU = new Gelu(Gelu.Form.EXACT);
  public static final Op GREATER = new Compare(Comparison.GREATER);
  public static final Op GREATER_OR_EQUAL = new Compare(Comparison.GREATER_OR_EQUAL);
  public static final Op LESS = new Compare(Comparison.LESS_THAN);
  public static final Op LESS_OR_EQUAL = new Compare(Comparison.LESS_OR_EQUAL);
  public static final Op LOG = new Log();
  public static final Op MATMUL = new MatMul();
  public static final Op MAXIMUM = new Maximum();
  public static final Op MINIMUM = new Minimum();
  public static final Op MUL = new Mul();
  public static final Op NEG = new Neg();
  public static final Op NOT_EQUAL = new Compare(Comparison.NOT_EQUAL);
  public static final Op POW = new Pow();
  public static final Op RECIPROCAL = new Reciprocal();
  public static final Op RELU = new Relu();
  public static final Op RSQRT = new Rsqrt();
  public static final Op SELU = new Selu();
  public static final Op SIGMOID = new Sigmoid();
  public static final Op SIGN = new Sign();
  public static final Op SILU = new Silu();
  public static final Op SIN = new Sin();
  public static final Op SOFTPLUS = new Softplus();
  public static final Op SQRT = new Sqrt();
  public static final Op SQUARE = new Square();
  public static final Op SUB = new Sub();
  public static final Op TANH = new Tanh();
  public static final Op WHERE = new Where();

  private Ops() {}

  /** Every operator, by name. */
  public static List<Class<? extends Op>> all() {
    return List.of(
        Abs.class,
        Add.class,
        Affine.class,
        ArgMax.class,
        AvgPool2d.class,
        Cast.class,
        Clip.class,
        Compare.class,
        Concat.class,
        Conv2d.class,
        Cos.class,
        CrossEntropy.class,
        Div.class,
        Dropout.class,
        Elu.class,
        Erf.class,
        Exp.class,
        Expand.class,
        Gather.class,
        Gelu.class,
        Gru.class,
        LayerNorm.class,
        LeakyRelu.class,
        Log.class,
        LogSoftmax.class,
        Lstm.class,
        MatMul.class,
        MatMulBias.class,
        Max.class,
        MaxPool2d.class,
        Maximum.class,
        Mean.class,
        Min.class,
        Minimum.class,
        Mul.class,
        Neg.class,
        OneHot.class,
        Pad.class,
        Permute.class,
        Pow.class,
        Prod.class,
        Reciprocal.class,
        Relu.class,
        Reshape.class,
        RmsNorm.class,
        Rsqrt.class,
        ScatterAdd.class,
        Selu.class,
        Sigmoid.class,
        Sign.class,
        Silu.class,
        SimpleRnn.class,
        Sin.class,
        Slice.class,
        Softmax.class,
        Softplus.class,
        Split.class,
        Sqrt.class,
        Square.class,
        Stack.class,
        Sub.class,
        Sum.class,
        Tanh.class,
        Ties.class,
        Where.class);
  }
}
