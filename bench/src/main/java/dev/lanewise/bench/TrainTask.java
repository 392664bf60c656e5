package dev.lanewise.bench;

import java.util.Random;

/** One of the six networks whose training steps are compared, each with a batch that stays. */
public enum TrainTask {
  /** Dense 128 relu, Dense 128 relu, Dense 10 softmax; cross entropy. */
  MLP("mlp", 0.25),
  /** The digits network: two convolutions with pools, two dense layers; cross entropy. */
  CNN("cnn", 0.25),
  /** Three layers of LSTM 128 over 50 steps of 16 features, Dense 1; squared error. */
  LSTM("lstm", 0.9),
  /** Dense 32 relu, Dense 784 sigmoid; squared error of the pixels. */
  AUTOENCODER("autoencoder", 0.8),
  /** The generator and the discriminator of the zoo, both updated; binary cross entropy. */
  GAN("gan", 0.9),
  /** Dense 400 relu, 20 latent numbers, Dense 400 relu, Dense 784; negative evidence bound. */
  VAE("vae", 0.8);

  /** Samples of a batch. */
  public static final int BATCH = 32;

  /** The rate of Adam in every task but the adversarial one, which is balanced at a fifth. */
  public static final float RATE = 1e-3f;

  /** Adam's rate for both networks of {@link #GAN}. */
  public static final float ADVERSARIAL_RATE = 2e-4f;

  /** Numbers of noise that a picture of {@link #GAN} is made from. */
  public static final int NOISE = 100;

  /** Latent numbers of {@link #VAE}. */
  public static final int LATENT = 20;

  private final String label;
  private final double learned;

  TrainTask(String label, double learned) {
    this.label = label;
    this.learned = learned;
  }

  /** The name in tables. */
  public String label() {
    return label;
  }

  /** Whoever learns goes below this part of its first losses within the checked steps. */
  double learned() {
    return learned;
  }

  /** Extents of one sample, channels last. */
  public int[] sample() {
    return switch (this) {
      case MLP, AUTOENCODER, VAE -> new int[] {784};
      case CNN, GAN -> new int[] {28, 28, 1};
      case LSTM -> new int[] {50, 16};
    };
  }

  /** Numbers of one sample. */
  public int size() {
    int size = 1;
    for (int extent : sample()) {
      size *= extent;
    }
    return size;
  }

  /** A batch of samples between 0 and 1, row-major: bright blobs, a different place per class. */
  public float[] features() {
    Random random = new Random(1);
    int[] classes = classes();
    float[] values = new float[BATCH * size()];
    for (int i = 0; i < values.length; i++) {
      int at = i % size() * 10 / size();
      boolean bright = at == classes[i / size()];
      values[i] = bright ? 0.5f + 0.5f * random.nextFloat() : 0.2f * random.nextFloat();
    }
    return values;
  }

  /** The class of each sample, one of ten. */
  public int[] classes() {
    int[] classes = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      classes[i] = i % 10;
    }
    return classes;
  }

  /** A number for each sample, to be forecast. */
  public float[] targets() {
    float[] targets = new float[BATCH];
    int[] classes = classes();
    for (int i = 0; i < BATCH; i++) {
      targets[i] = classes[i] / 10f - 0.5f;
    }
    return targets;
  }
}
