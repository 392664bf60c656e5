package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataSetTest {
  @Test
  void batchesFollowTheOrderAndTheLastIsWhatIsLeft() {
    DataSet data =
        DataSet.of(new float[][] {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}}, 10, 11, 12, 13, 14);
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(data, 2, scope);
      assertEquals(3, batches.count());
      batches.read(1);
      assertArrayEquals(new float[] {4, 5, 6, 7}, batches.features(1, scope).toFloats());
      assertArrayEquals(new int[] {12, 13}, batches.labels(1, scope).toInts());
      batches.read(2);
      assertEquals(1, batches.rows(2));
      assertEquals(Shape.of(1, 2), batches.features(2, scope).shape());
      assertArrayEquals(new float[] {8, 9}, batches.features(2, scope).toFloats());
      assertArrayEquals(new int[] {14}, batches.labels(2, scope).toInts());

      batches.order().shuffle(new Philox(3, 4));
      batches.read(0);
      for (int row = 0; row < 2; row++) {
        long sample = batches.sample(0, row);
        assertEquals(2.0 * sample, batches.features(0, scope).value(row, 0));
        assertEquals(10 + sample, batches.labels(0, scope).longValue(row));
      }
    }
  }

  @Test
  void aBatchLargerThanTheSetIsTheSet() {
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(DataSet.of(new float[][] {{1}, {2}}, 0, 1), 32, scope);
      batches.read(0);
      assertEquals(1, batches.count());
      assertEquals(Shape.of(2, 1), batches.features(0, scope).shape());
    }
  }

  @Test
  void aSliceIsPartOfTheSet() {
    DataSet data =
        DataSet.of(new float[][] {{0}, {1}, {2}, {3}}, new float[][] {{5}, {6}, {7}, {8}});
    DataSet slice = data.slice(1, 3).slice(1, 2);
    assertEquals(1, slice.size());
    assertEquals(Spec.of(DType.F32, Shape.of(1)), slice.labels());
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(slice, 4, scope);
      batches.read(0);
      assertArrayEquals(new float[] {2}, batches.features(0, scope).toFloats());
      assertArrayEquals(new float[] {7}, batches.labels(0, scope).toFloats());
    }
    assertEquals(
        "dataSet: samples 2 to 5 of 4",
        assertThrows(IndexOutOfBoundsException.class, () -> data.slice(2, 5)).getMessage());
  }

  @Test
  void tensorsAreCopied() {
    try (Scope scope = Scope.open("test")) {
      DataSet data =
          DataSet.of(
              scope.tensor(Shape.of(2, 2), 1.0, 2.0, 3.0, 4.0).transpose(),
              scope.tensor(Shape.of(2), 5L, 6L));
      assertEquals(Spec.of(DType.F64, Shape.of(2)), data.features());
      Batches batches = new Batches(data, 2, scope);
      batches.read(0);
      assertArrayEquals(new double[] {1, 3, 2, 4}, batches.features(0, scope).toDoubles());
      assertArrayEquals(new long[] {5, 6}, batches.labels(0, scope).toLongs());
      assertEquals(
          "dataSet: f32, f64, i32 or i64 expected: bool [1]: cast first",
          error(() -> DataSet.of(scope.tensor(Shape.of(1), true), scope.tensor(Shape.of(1), 1))));
      assertEquals(
          "dataSet: an axis of samples expected: i32 []",
          error(() -> DataSet.of(scope.tensor(Shape.of(1), 1), scope.tensor(Shape.scalar(), 1))));
    }
  }

  @Test
  void lengthsThatDoNotFitAreRefused() {
    assertEquals(
        "dataSet: 5 values do not make samples of f32 [2]",
        error(() -> DataSet.of(Shape.of(2), new float[5], 1, 2)));
    assertEquals(
        "dataSet: 2 samples of f32 [2], but 3 labels of i32 []",
        error(() -> DataSet.of(Shape.of(2), new float[4], 1, 2, 3)));
    assertEquals(
        "dataSet: sample 1 has 1 values, sample 0 has 2",
        error(() -> DataSet.of(new float[][] {{1, 2}, {3}}, 1, 2)));
    assertEquals("dataSet: no samples", error(() -> DataSet.of(new float[0][])));
    assertEquals(
        "batches: at least one sample a batch, not 0",
        error(
            () -> {
              try (Scope scope = Scope.open("test")) {
                new Batches(DataSet.of(new float[][] {{1}}, 1), 0, scope);
              }
            }));
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }

  @Test
  void aShuffleIsAPermutationThatDependsOnTheStreamAlone() {
    Order one = Order.of(1000);
    Order other = Order.of(1000);
    one.shuffle(new Philox(1, 1));
    one.shuffle(new Philox(1, 2));
    other.shuffle(new Philox(1, 2));
    boolean[] seen = new boolean[1000];
    int fixed = 0;
    for (int i = 0; i < 1000; i++) {
      assertEquals(other.at(i), one.at(i));
      seen[one.at(i)] = true;
      fixed += one.at(i) == i ? 1 : 0;
    }
    assertEquals(1000, countTrue(seen));
    assertEquals(1, fixed, 5);
    one.reset();
    assertEquals(999, one.at(999));
  }

  private static int countTrue(boolean[] values) {
    int count = 0;
    for (boolean value : values) {
      count += value ? 1 : 0;
    }
    return count;
  }

  @Test
  void everySampleIsEquallyLikelyInEveryPlace() {
    int[][] counts = new int[6][6];
    Order order = Order.of(6);
    Philox root = new Philox(5, 0);
    for (int round = 0; round < 6000; round++) {
      order.shuffle(root.substream(round));
      for (int place = 0; place < 6; place++) {
        counts[place][order.at(place)]++;
      }
    }
    for (int[] row : counts) {
      for (int count : row) {
        assertEquals(1000, count, 150, () -> Arrays.deepToString(counts));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Order.of(1L << 31));
  }

  private static final DataSet PICTURES = DataSet.of(Shape.of(5, 5, 1), pictures(3, 25), 0, 1, 2);

  private static float[] pictures(int count, int pixels) {
    float[] values = new float[count * pixels];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % pixels / 24f;
    }
    return values;
  }

  private static float[] sample(DataSet data, long number) {
    try (Scope scope = Scope.open("sample")) {
      Tensor row = scope.empty(DType.F32, Shape.of(1, data.features().shape().size()));
      data.reshaped(data.features().shape().size()).readFeatures(number, 0, row);
      return row.toFloats();
    }
  }

  @Test
  void augmentationIsAFunctionOfStreamAndSample() {
    DataSet noisy = PICTURES.augmented(1, Augmentation.noise(0.1));
    assertArrayEquals(sample(noisy, 1), sample(noisy, 1));
    float[] other = sample(noisy.epoch(new Philox(1, 5)), 1);
    assertFalse(Arrays.equals(sample(noisy, 1), other));
    assertArrayEquals(other, sample(noisy.epoch(new Philox(1, 5)), 1));
    assertFalse(Arrays.equals(sample(noisy, 1), sample(noisy, 2)));
    assertEquals(PICTURES.labels(), noisy.labels());
    assertFalse(
        Arrays.equals(
            sample(noisy.slice(1, 3), 0), sample(noisy.slice(1, 3).epoch(new Philox(1, 5)), 0)));
    for (float value : sample(PICTURES.augmented(1, Augmentation.noise(9)), 0)) {
      assertTrue(value >= 0 && value <= 1);
    }
  }

  @Test
  void affineAugmentationMovesPictures() {
    // Nothing to draw from leaves the picture as it is.
    assertArrayEquals(
        sample(PICTURES, 0), sample(PICTURES.augmented(1, Augmentation.affine(0, 0, 0)), 0), 1e-6f);
    float[] values = new float[25];
    values[12] = 1;
    float[] turned = values.clone();
    Augmentation.affine(0, 90, 0).apply(turned, List.of(5L, 5L, 1L), new Philox(3, 3));
    assertEquals(1, turned[12], 1e-5f);
    float[] moved = values.clone();
    Augmentation.affine(0.4, 0, 0).apply(moved, List.of(5L, 5L, 1L), new Philox(4, 4));
    float sum = 0;
    for (float value : moved) {
      sum += value;
    }
    assertEquals(1, sum, 1e-5f);
    assertTrue(moved[12] < 1);
    assertEquals(
        "affine: shift -1.0, rotation 0.0, zoom 0.0: none negative and a zoom below 1",
        assertThrows(IllegalArgumentException.class, () -> Augmentation.affine(-1, 0, 0))
            .getMessage());
    assertEquals(
        "augmentation: an image [height, width, channels] expected: [25]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Augmentation.flip().apply(new float[25], List.of(25L), new Philox(0, 0)))
            .getMessage());
  }

  @Test
  void flipMirrorsHalfOfThePicturesAndCutoutTakesASquare() {
    float[] row = {1, 2, 3};
    int flipped = 0;
    for (int i = 0; i < 100; i++) {
      float[] changed = row.clone();
      Augmentation.flip().apply(changed, List.of(1L, 3L, 1L), new Philox(i, 0));
      if (changed[0] == 3) {
        assertArrayEquals(new float[] {3, 2, 1}, changed);
        flipped++;
      }
    }
    assertTrue(flipped > 30 && flipped < 70, "flipped: " + flipped);
    for (int i = 0; i < 50; i++) {
      float[] ones = new float[100];
      Arrays.fill(ones, 1);
      Augmentation.cutout(4).apply(ones, List.of(10L, 10L, 1L), new Philox(i, 0));
      float left = 0;
      for (float value : ones) {
        left += value;
      }
      assertTrue(left >= 84 && left < 100, "left: " + left);
    }
  }

  @Test
  void oneSetCanBeTurnedIntoAnother() {
    DataSet pairs = PICTURES.augmented(1, Augmentation.noise(0.1)).to(PICTURES.reshaped(25));
    assertEquals(Shape.of(25), pairs.labels().shape());
    try (Scope scope = Scope.open("pairs")) {
      Tensor label = scope.empty(DType.F32, Shape.of(1, 25));
      pairs.readLabel(2, 0, label);
      assertArrayEquals(sample(PICTURES, 2), label.toFloats());
    }
    assertEquals(
        "dataSet: 3 samples of f32 [5, 5, 1], but 2 of f32 [5, 5, 1]",
        assertThrows(IllegalArgumentException.class, () -> PICTURES.to(PICTURES.slice(0, 2)))
            .getMessage());
    assertEquals(
        "reshaped: no [24] from samples of f32 [5, 5, 1]",
        assertThrows(IllegalArgumentException.class, () -> PICTURES.reshaped(24)).getMessage());
  }

  private static int[] labels(DataSet data) {
    try (Scope scope = Scope.open("labels")) {
      Batches batches = new Batches(data, Math.toIntExact(data.size()), scope);
      batches.read(0);
      return batches.labels(0, scope).toInts();
    }
  }

  private static DataSet numbered(int from, int count) {
    float[][] features = new float[count][1];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      features[i][0] = -(from + i);
      labels[i] = from + i;
    }
    return DataSet.of(features, labels);
  }

  @Test
  void aSplitKeepsTheOrderOrDrawsOne() {
    DataSet data = numbered(0, 10);
    DataSet.Split split = data.split(0.7);
    assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6}, labels(split.first()));
    assertArrayEquals(new int[] {7, 8, 9}, labels(split.rest()));

    DataSet.Split drawn = data.split(0.7, 5);
    int[] first = labels(drawn.first());
    int[] rest = labels(drawn.rest());
    assertEquals(7, first.length);
    assertFalse(Arrays.equals(new int[] {0, 1, 2, 3, 4, 5, 6}, first));
    int[] all = Arrays.copyOf(first, 10);
    System.arraycopy(rest, 0, all, 7, 3);
    Arrays.sort(all);
    assertArrayEquals(labels(data), all);
    assertArrayEquals(first, labels(data.split(0.7, 5).first()));
    assertFalse(Arrays.equals(first, labels(data.split(0.7, 6).first())));
    assertEquals(-first[3], sample(drawn.first(), 3)[0]);
    for (double fraction : new double[] {0, 1, 0.01, Double.NaN, -1, 2}) {
      assertEquals(
          "split: " + fraction + " of 10 samples: both parts need samples",
          error(() -> data.split(fraction)));
    }
  }

  @Test
  void setsFollowOneAnother() {
    DataSet both = numbered(0, 2).concat(numbered(10, 3));
    assertEquals(5, both.size());
    assertArrayEquals(new int[] {0, 1, 10, 11, 12}, labels(both));
    assertEquals(-11, sample(both, 3)[0]);
    assertEquals(
        "dataSet: samples differ: f32 [1] with i32 [], then f32 [2] with i32 []",
        error(() -> both.concat(DataSet.of(new float[][] {{1, 2}}, 0))));
    assertEquals(
        "dataSet: samples differ: f32 [1] with i32 [], then f32 [1] with f32 [1]",
        error(() -> both.concat(DataSet.of(new float[][] {{1}}, new float[][] {{1}}))));
  }

  @Test
  void whatWrapsARandomSetPassesItsEpochOn() {
    DataSet noisy = PICTURES.augmented(1, Augmentation.noise(0.1));
    Philox epoch = new Philox(1, 5);
    for (DataSet wrapped : List.of(noisy.shuffled(3), noisy.concat(noisy))) {
      assertFalse(Arrays.equals(sample(wrapped, 1), sample(wrapped.epoch(epoch), 1)));
      assertArrayEquals(sample(wrapped.epoch(epoch), 1), sample(wrapped.epoch(epoch), 1));
    }
    DataSet twice = noisy.concat(noisy).epoch(epoch);
    assertFalse(Arrays.equals(sample(twice, 1), sample(twice, 4)), "the same noise in both");
  }
}
