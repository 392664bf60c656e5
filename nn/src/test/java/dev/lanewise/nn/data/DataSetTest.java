package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.Philox;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.util.Arrays;
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
}
