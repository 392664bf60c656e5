package dev.lanewise.nn.data;

import dev.lanewise.tensor.Shape;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Images with classes from the four files of MNIST (LeCun, Cortes, Burges) or a data set of the
 * same form, such as Fashion-MNIST.
 *
 * @param train the images to learn from
 * @param test the images to judge by
 */
public record Mnist(DataSet train, DataSet test) {
  /**
   * Reads {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code
   * t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, each plain or with the suffix
   * {@code .gz}. Features are {@code [height, width, 1]} of f32 between 0 and 1, labels i32.
   *
   * @throws IOException if a file is missing or malformed, or images and labels do not match
   */
  public static Mnist read(Path directory) throws IOException {
    return new Mnist(read(directory, "train"), read(directory, "t10k"));
  }

  private static DataSet read(Path directory, String part) throws IOException {
    Path imageFile = file(directory, part + "-images-idx3-ubyte");
    Path labelFile = file(directory, part + "-labels-idx1-ubyte");
    return images(imageFile, Idx.read(imageFile), labelFile, Idx.read(labelFile));
  }

  private static Path file(Path directory, String name) throws IOException {
    for (String candidate : new String[] {name, name + ".gz"}) {
      Path path = directory.resolve(candidate);
      if (Files.isRegularFile(path)) {
        return path;
      }
    }
    throw new FileNotFoundException(directory + ": no file '" + name + "' or '" + name + ".gz'");
  }

  private static DataSet images(Path imageFile, Idx images, Path labelFile, Idx labels)
      throws IOException {
    if (images.shape().rank() != 3) {
      throw new IOException(imageFile + ": images of three axes expected: " + images.shape());
    }
    if (labels.shape().rank() != 1) {
      throw new IOException(labelFile + ": labels of one axis expected: " + labels.shape());
    }
    if (images.shape().extent(0) != labels.shape().extent(0)) {
      throw new IOException(
          "%s: %d images, but %d labels in %s"
              .formatted(imageFile, images.shape().extent(0), labels.shape().extent(0), labelFile));
    }
    byte[] pixels = images.values();
    float[] features = new float[pixels.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = (pixels[i] & 0xff) / 255f;
    }
    int[] classes = new int[labels.values().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = labels.values()[i] & 0xff;
    }
    Shape sample = Shape.of(images.shape().extent(1), images.shape().extent(2), 1);
    return DataSet.of(sample, features, classes);
  }
}
