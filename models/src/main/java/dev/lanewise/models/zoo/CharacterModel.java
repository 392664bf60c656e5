package dev.lanewise.models.zoo;

import dev.lanewise.kernel.Philox;
import dev.lanewise.nn.Model;
import dev.lanewise.nn.Network;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.data.CharacterVocabulary;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Dropout;
import dev.lanewise.nn.layer.Embedding;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.LSTM;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.optimizer.CosineDecay;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * A model of text, character by character: two layers of LSTM that say, at every place of a window,
 * which character comes next (Graves 2013).
 */
public final class CharacterModel {
  /** Characters of a window. */
  public static final int LENGTH = 100;

  private static final int UNITS = 256;
  private static final int EMBEDDING = 64;

  private CharacterModel() {}

  /** The layers, from ids {@code [100]} to logits {@code [100, characters]}. */
  public static Network layers(int characters) {
    return Sequential.of(
            Input.of(LENGTH).as(DType.I32),
            Embedding.of(characters, EMBEDDING),
            LSTM.of(UNITS).returnSequences(true),
            Dropout.of(0.2),
            LSTM.of(UNITS).returnSequences(true),
            Dropout.of(0.2),
            Dense.of(characters))
        .named("characters");
  }

  /** A fresh model, ready to be trained in so many steps. */
  public static Model fresh(int characters, long steps, long seed) {
    return layers(characters)
        .seed(seed)
        .compile(
            Adam.of(CosineDecay.of(3e-3, steps)).globalClipNorm(1),
            SparseCategoricalCrossentropy.of().fromLogits(true));
  }

  /**
   * Writes on.
   *
   * @param start at least {@link #LENGTH} characters to go on from
   * @param temperature what logits are divided by: less than one for the likelier characters
   * @return the characters that follow
   */
  public static String write(
      Model model,
      CharacterVocabulary vocabulary,
      String start,
      int count,
      double temperature,
      long seed) {
    if (start.length() < LENGTH || !(temperature > 0)) {
      throw new IllegalArgumentException(
          "write: a start of %d characters at temperature %s: at least %d and a positive one expected"
              .formatted(start.length(), temperature, LENGTH));
    }
    int[] window = vocabulary.encode(start.substring(start.length() - LENGTH));
    int[] written = new int[count];
    Philox random = new Philox(seed, 7);
    try (Scope scope = Scope.open("write")) {
      for (int i = 0; i < count; i++) {
        try (Scope step = scope.child("step")) {
          Tensor ids = step.tensor(Shape.of(1, LENGTH), window);
          Tensor logits = model.predict(ids).slice(1, LENGTH - 1, LENGTH);
          written[i] = draw(logits.div(temperature).softmax(-1).toFloats(), random.uniform(i));
        }
        System.arraycopy(window, 1, window, 0, LENGTH - 1);
        window[LENGTH - 1] = written[i];
      }
    }
    return vocabulary.decode(written);
  }

  /** The character whose share of the unit interval holds {@code at}. */
  private static int draw(float[] probabilities, double at) {
    double sum = 0;
    for (int i = 0; i < probabilities.length - 1; i++) {
      sum += probabilities[i];
      if (at < sum) {
        return i;
      }
    }
    return probabilities.length - 1;
  }
}
