package dev.lanewise.models.zoo;

import static dev.lanewise.nn.layer.Activation.LEAKY_RELU;
import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SIGMOID;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.BinaryCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.Optimizer;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.tensor.autograd.Gradients;
import java.util.function.UnaryOperator;

/**
 * What the two networks of an {@link AdversarialPair} learn: the network that judges, the losses of
 * both, and when one of them waits for the other.
 */
public interface AdversarialGoal {
  /**
   * From pictures {@code [28, 28, 1]} between -1 and 1 to a number that is larger for real ones.
   */
  Network discriminator();

  /** What moves the weights of both networks. */
  Optimizer optimizer();

  /**
   * The discriminator's loss.
   *
   * @param judge the discriminator
   * @param made pictures of the generator, which this loss does not train
   * @param random numbers of this step
   */
  Tensor apart(UnaryOperator<Tensor> judge, Tensor real, Tensor made, Philox random);

  /** The generator's loss. */
  Tensor fooled(UnaryOperator<Tensor> judge, Tensor made);

  /** Whether the discriminator does not learn from a step of this loss. */
  boolean discriminatorWaits(double loss);

  /** Whether the generator does not learn from a step of this loss. */
  boolean generatorWaits(long step, double loss);

  /**
   * Probabilities and their cross entropy (Goodfellow et al. 2014). Whichever has learned so well
   * that the other gets no useful gradient waits.
   *
   * @param discriminatorAhead loss of the discriminator, the mean over real and made pictures,
   *     below which it waits
   * @param generatorAhead loss of the generator below which it waits
   */
  record CrossEntropy(double discriminatorAhead, double generatorAhead) implements AdversarialGoal {
    /** What the discriminator is told of real pictures: less than one keeps its logits finite. */
    private static final double REAL = 0.9;

    private static final BinaryCrossentropy LOSS = BinaryCrossentropy.of();

    /** What the pictures of digits are made with. */
    public static CrossEntropy balanced() {
      return new CrossEntropy(0.4, 0.5);
    }

    /** Nobody waits. */
    public static CrossEntropy unbalanced() {
      return new CrossEntropy(0, 0);
    }

    @Override
    public Network discriminator() {
      return Sequential.of(
              Input.of(28, 28, 1),
              Flatten.of(),
              Dense.of(512).activation(RELU),
              Dense.of(256).activation(RELU),
              Dense.of(1).activation(SIGMOID))
          .named("discriminator");
    }

    @Override
    public Optimizer optimizer() {
      return Adam.of(2e-4).betas(0.5, 0.999);
    }

    @Override
    public Tensor apart(UnaryOperator<Tensor> judge, Tensor real, Tensor made, Philox random) {
      return told(judge, real, REAL).add(told(judge, made, 0)).mul(0.5);
    }

    @Override
    public Tensor fooled(UnaryOperator<Tensor> judge, Tensor made) {
      return told(judge, made, 1);
    }

    /** The loss if these pictures were real to this degree. */
    private static Tensor told(UnaryOperator<Tensor> judge, Tensor pictures, double real) {
      Shape shape = Shape.of(pictures.extent(0), 1);
      Tensor labels = pictures.scope().full(pictures.dtype(), shape, real);
      return LOSS.apply(labels, judge.apply(pictures));
    }

    @Override
    public boolean discriminatorWaits(double loss) {
      return loss < discriminatorAhead;
    }

    @Override
    public boolean generatorWaits(long step, double loss) {
      return loss < generatorAhead;
    }
  }

  /**
   * The Wasserstein distance with a penalty on gradients (Gulrajani et al. 2017). The judge, a
   * critic, is trained to tell real from made by as much as its gradient's norm, held near one
   * between them, allows: {@code mean(D(made)) - mean(D(real)) + penalty mean((|grad D(mixed)| -
   * 1)^2)}. The penalty is trained through second derivatives.
   *
   * @param penalty the weight of the penalty
   * @param criticSteps steps of the critic for each of the generator
   */
  record Wasserstein(double penalty, int criticSteps) implements AdversarialGoal {
    /** With the numbers of the paper. */
    public static Wasserstein standard() {
      return new Wasserstein(10, 5);
    }

    @Override
    public Network discriminator() {
      return Sequential.of(
              Input.of(28, 28, 1),
              Flatten.of(),
              Dense.of(512).activation(LEAKY_RELU),
              Dense.of(256).activation(LEAKY_RELU),
              Dense.of(1))
          .named("critic");
    }

    @Override
    public Optimizer optimizer() {
      return Adam.of(1e-4).betas(0, 0.9);
    }

    @Override
    public Tensor apart(UnaryOperator<Tensor> judge, Tensor real, Tensor made, Philox random) {
      Shape ofEach = Shape.of(real.extent(0), 1, 1, 1);
      Tensor share = real.scope().uniform(real.dtype(), ofEach, random);
      Tensor mixed = made.add(real.sub(made).mul(share));
      return judge
          .apply(made)
          .mean()
          .sub(judge.apply(real).mean())
          .add(steepness(judge, mixed).sub(1).square().mean().mul(penalty));
    }

    /** The norm of the critic's gradient for each picture {@code [n]}, itself with a gradient. */
    static Tensor steepness(UnaryOperator<Tensor> judge, Tensor pictures) {
      Tensor leaf = pictures.untracked().tracked();
      Tensor slope = Gradients.tracked(judge.apply(leaf).sum()).get(leaf);
      // The root has no gradient at zero.
      return slope.square().sum(1, 2, 3).add(1e-12).sqrt();
    }

    @Override
    public Tensor fooled(UnaryOperator<Tensor> judge, Tensor made) {
      return judge.apply(made).mean().neg();
    }

    @Override
    public boolean discriminatorWaits(double loss) {
      return false;
    }

    @Override
    public boolean generatorWaits(long step, double loss) {
      return step % criticSteps != 0;
    }
  }
}
