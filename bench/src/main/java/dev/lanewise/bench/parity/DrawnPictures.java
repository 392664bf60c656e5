package dev.lanewise.bench.parity;

import dev.lanewise.models.zoo.DrawnDigits;
import dev.lanewise.nn.data.Batches;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Batches of drawn digits, in the forms that the networks of the zoo are trained on. */
final class DrawnPictures {
  private static final int COUNT = 640;
  private static final int PIXELS = DrawnDigits.SIDE * DrawnDigits.SIDE;

  private final int batch;
  private final List<Batch> batches = new ArrayList<>();

  /** In batches of so many. */
  DrawnPictures(int batch) {
    this.batch = batch;
    DataSet drawn = DrawnDigits.of(COUNT, 1);
    try (Scope scope = Scope.open("pictures")) {
      Batches read = new Batches(drawn, batch, scope);
      for (long i = 0; i < COUNT / batch; i++) {
        read.read(i);
        float[] pixels = read.features(i, scope).toFloats();
        int[] labels = read.labels(i, scope).toInts();
        int[] next = {0};
        batches.add(
            Batch.of(
                Values.of(image(), pixels),
                Values.drawn(Shape.of(batch), () -> labels[next[0]++])));
      }
    }
  }

  private Shape image() {
    return Shape.of(batch, DrawnDigits.SIDE, DrawnDigits.SIDE, 1);
  }

  private Shape flat() {
    return Shape.of(batch, PIXELS);
  }

  /** Images and their classes. */
  Batch classified(SplittableRandom random) {
    return batches.get(random.nextInt(batches.size()));
  }

  private double[] pixels(SplittableRandom random) {
    return classified(random).part(0).numbers();
  }

  /** Flat pictures, twice. */
  Batch repeated(SplittableRandom random) {
    Values pictures = Values.of(flat(), pixels(random));
    return Batch.of(pictures, pictures);
  }

  /** Images with noise, and without. */
  Batch noisy(SplittableRandom random) {
    double[] clean = pixels(random);
    int[] next = {0};
    Values noisy =
        Values.drawn(
            image(), () -> Math.clamp(clean[next[0]++] + 0.3 * random.nextGaussian(), 0.0, 1.0));
    return Batch.of(noisy, Values.of(image(), clean));
  }

  /** Images between -1 and 1, and so many normal numbers for each. */
  Batch beside(SplittableRandom random, int numbers) {
    double[] between = pixels(random);
    int[] next = {0};
    Values images = Values.drawn(image(), () -> between[next[0]++] * 2 - 1);
    return Batch.of(images, Values.normal(Shape.of(batch, numbers), random));
  }

  /** Flat pictures, and so many normal numbers for each. */
  Batch flatBeside(SplittableRandom random, int numbers) {
    return Batch.of(
        Values.of(flat(), pixels(random)), Values.normal(Shape.of(batch, numbers), random));
  }
}
