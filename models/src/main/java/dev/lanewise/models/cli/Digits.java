package dev.lanewise.models.cli;

import dev.lanewise.models.zoo.DigitSheet;
import dev.lanewise.models.zoo.DrawnDigits;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.data.Mnist;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The pictures of a demo run.
 *
 * @param train to learn from
 * @param test to judge by
 * @param isReal whether they are photographs of handwriting and not drawn by this program
 */
record Digits(DataSet train, DataSet test, boolean isReal) {
  private static final int DRAWN_TRAIN = 12_000;
  private static final int DRAWN_TEST = 2_000;

  /** MNIST from a directory. */
  static Digits read(Path directory) throws IOException {
    Mnist mnist = Mnist.read(directory);
    return new Digits(mnist.train(), mnist.test(), true);
  }

  /** Pictures that the program draws itself. */
  static Digits drawn(long seed) {
    return new Digits(DrawnDigits.of(DRAWN_TRAIN, seed), drawnTest(seed), false);
  }

  /** The test set of {@link #drawn}. */
  static DataSet drawnTest(long seed) {
    return DrawnDigits.of(DRAWN_TEST, seed + 1);
  }

  /** The first {@code count} pictures of a set, a row each. */
  static float[][] pictures(DataSet digits, int count) {
    float[][] pictures = new float[count][Math.toIntExact(digits.features().shape().size())];
    try (Scope scope = Scope.open("pictures")) {
      Tensor row = scope.empty(digits.features().dtype(), digits.features().shape().inserted(0, 1));
      for (int i = 0; i < count; i++) {
        digits.readFeatures(i, 0, row);
        row.copyTo(pictures[i]);
      }
    }
    return pictures;
  }

  /** So many pictures of a set, or all, the first of each class in front. */
  static float[][] varied(DataSet digits, int count) {
    int most = (int) Math.min(digits.size(), Math.max(count, 200));
    float[][] pictures = pictures(digits, most);
    int[] labels = labels(digits, most);
    List<float[]> chosen = new ArrayList<>();
    List<float[]> rest = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < most; i++) {
      (seen.add(labels[i]) ? chosen : rest).add(pictures[i]);
    }
    chosen.addAll(rest);
    return chosen.subList(0, Math.min(count, most)).toArray(float[][]::new);
  }

  /** The first {@code count} labels of a set. */
  static int[] labels(DataSet digits, int count) {
    int[] labels = new int[count];
    try (Scope scope = Scope.open("labels")) {
      Tensor label = scope.empty(digits.labels().dtype(), Shape.of(1));
      for (int i = 0; i < count; i++) {
        digits.readLabel(i, 0, label);
        labels[i] = (int) label.longValue(0);
      }
    }
    return labels;
  }

  /** The class with the greatest probability. */
  static int classOf(float[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      if (probabilities[i] > probabilities[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Writes a sheet of the first pictures, the mistakes among all of them put in front. */
  static void writeSheet(float[][] pictures, int[] labels, float[][] predictions, Path file)
      throws IOException {
    int columns = 12;
    int cells = 8 * columns;
    DigitSheet sheet = new DigitSheet(cells, columns);
    int left = cells;
    int mistakes = 2 * columns;
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < pictures.length && left > 0; i++) {
        int predicted = classOf(predictions[i]);
        boolean wrong = predicted != labels[i];
        if (pass == 0 ? wrong && mistakes-- > 0 : !wrong) {
          sheet.add(pictures[i], labels[i], predicted);
          left--;
        }
      }
    }
    sheet.write(file);
  }
}
