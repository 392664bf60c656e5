package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Activation;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Embedding;
import dev.lanewise.nn.layer.GlobalAveragePooling1D;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.PositionalEmbedding;
import dev.lanewise.nn.layer.TransformerEncoder;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first of four letters: the mean over places alone cannot tell it from the others. */
class TransformerTest {
  private static final int LETTERS = 3;
  private static final int LENGTH = 4;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void learnsToLookAtAPlace(boolean normalizeFirst) {
    Network network =
        Sequential.of(
            Input.of(LENGTH).as(DType.I32),
            Embedding.of(LETTERS, 8),
            PositionalEmbedding.of(LENGTH),
            TransformerEncoder.of(16, 2)
                .activation(Activation.GELU)
                .normalizeFirst(normalizeFirst)
                .dropout(0.05),
            GlobalAveragePooling1D.of(),
            Dense.of(LETTERS).activation(Activation.SOFTMAX));
    int words = (int) Math.pow(LETTERS, LENGTH);
    int[] letters = new int[words * LENGTH];
    int[] first = new int[words];
    for (int word = 0; word < words; word++) {
      int rest = word;
      for (int place = 0; place < LENGTH; place++) {
        letters[word * LENGTH + place] = rest % LETTERS;
        rest /= LETTERS;
      }
      first[word] = letters[word * LENGTH];
    }
    try (Model model =
            network
                .seed(5)
                .compile(Adam.of(0.01), SparseCategoricalCrossentropy.of(), Accuracy.of());
        Scope scope = model.scope().child("test")) {
      Tensor x = scope.tensor(Shape.of(words, LENGTH), letters);
      DataSet data = DataSet.of(x, scope.tensor(Shape.of(words), first));
      model.fit(data, Fit.epochs(40).batch(27));
      assertEquals(1, model.evaluate(data).value("accuracy"));
      assertArrayEquals(model.call(x).toFloats(), model.predict(x).toFloats());
    }
  }
}
