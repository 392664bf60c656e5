package dev.lanewise.nn.data;

import dev.lanewise.nn.io.MappedRows;
import dev.lanewise.tensor.Shape;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
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
  private static final String IMAGES = "-images-idx3-ubyte";
  private static final String LABELS = "-labels-idx1-ubyte";

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

  /**
   * The same sets over plain files, whose images are read when they are asked for.
   *
   * @param arena how long
   * @throws IOException as {@link #read} does, and if a file is compressed
   */
  public static Mnist map(Path directory, Arena arena) throws IOException {
    return new Mnist(map(directory, "train", arena), map(directory, "t10k", arena));
  }

  private static DataSet map(Path directory, String part, Arena arena) throws IOException {
    Path imageFile = file(directory, part + IMAGES);
    Path labelFile = file(directory, part + LABELS);
    MappedRows images = Idx.map(imageFile, arena);
    MappedRows labels = Idx.map(labelFile, arena);
    require(
        imageFile,
        images.row().shape().inserted(0, images.count()),
        labelFile,
        labels.row().shape().inserted(0, labels.count()));
    Shape image = images.row().shape();
    return DataSet.of(images.floats(255), labels.classes())
        .reshaped(image.extent(0), image.extent(1), 1);
  }

  private static DataSet read(Path directory, String part) throws IOException {
    Path imageFile = file(directory, part + IMAGES);
    Path labelFile = file(directory, part + LABELS);
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
    require(imageFile, images.shape(), labelFile, labels.shape());
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

  private static void require(Path imageFile, Shape images, Path labelFile, Shape labels)
      throws IOException {
    if (images.rank() != 3) {
      throw new IOException(imageFile + ": images of three axes expected: " + images);
    }
    if (labels.rank() != 1) {
      throw new IOException(labelFile + ": labels of one axis expected: " + labels);
    }
    if (images.extent(0) != labels.extent(0)) {
      throw new IOException(
          "%s: %d images, but %d labels in %s"
              .formatted(imageFile, images.extent(0), labels.extent(0), labelFile));
    }
  }
}
