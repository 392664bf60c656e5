package dev.lanewise.models.data;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images in a folder for each class, the class named by its folder.
 *
 * <p>Classes are numbered in the alphabetical order of their folders; within a class, images come
 * in the order of their files' names. Names that begin with a dot are passed over.
 *
 * @param data features f32 {@code [height, width, channels]} from 0 to 1, labels i32
 * @param classes the folders' names, by class
 * @param files the file of each sample
 */
public record ImageFolder(DataSet data, List<String> classes, List<Path> files) {
  private static final int MOST_NAMED = 5;

  public ImageFolder {
    classes = List.copyOf(classes);
    files = List.copyOf(files);
  }

  /** Where the values of an image come from. */
  @FunctionalInterface
  private interface Pixels {
    byte[] of(int image);
  }

  /**
   * Reads a folder of folders. All images are decoded now and kept in one byte a value.
   *
   * @throws IOException if there is no image, a file lies outside of the classes' folders, or files
   *     are no images, which are named
   */
  public static ImageFolder read(Path root, ImageForm form) throws IOException {
    return find(
        root,
        form,
        files -> {
          byte[][] pixels = decoded(root, form, files);
          return image -> pixels[image];
        });
  }

  /**
   * The same with each image decoded whenever it is asked for, so that they need not fit into
   * memory. One that cannot be read then is an {@link UncheckedIOException} that names it.
   *
   * @throws IOException if there is no image or a file lies outside of the classes' folders
   */
  public static ImageFolder stream(Path root, ImageForm form) throws IOException {
    return find(
        root,
        form,
        files ->
            image -> {
              try {
                return form.read(files.get(image));
              } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable.getMessage(), unreadable);
              }
            });
  }

  /** Makes the source of the pixels of files. */
  @FunctionalInterface
  private interface Source {
    Pixels of(List<Path> files) throws IOException;
  }

  private static ImageFolder find(Path root, ImageForm form, Source source) throws IOException {
    List<String> classes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (Path folder : entries(root)) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(folder + ": a file, a folder of one class expected");
      }
      List<Path> images = entries(folder);
      for (Path image : images) {
        if (Files.isDirectory(image)) {
          throw new IOException(image + ": a folder, an image expected");
        }
        labels.add(classes.size());
      }
      files.addAll(images);
      classes.add(folder.getFileName().toString());
    }
    if (files.isEmpty()) {
      throw new IOException(root + ": no images: a folder for each class expected");
    }
    Pixels pixels = source.of(List.copyOf(files));
    int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
    return new ImageFolder(new Images(form.shape(), pixels, numbers), classes, files);
  }

  /** What a folder holds, by name. */
  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> !path.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static byte[][] decoded(Path root, ImageForm form, List<Path> files) throws IOException {
    byte[][] pixels = new byte[files.size()][];
    List<IOException> broken = new ArrayList<>();
    for (int i = 0; i < pixels.length; i++) {
      try {
        pixels[i] = form.read(files.get(i));
      } catch (IOException unreadable) {
        broken.add(unreadable);
      }
    }
    if (broken.isEmpty()) {
      return pixels;
    }
    StringBuilder message = new StringBuilder();
    message.append(
        "%s: %d of %d files cannot be read".formatted(root, broken.size(), pixels.length));
    broken.stream().limit(MOST_NAMED).forEach(one -> message.append("; ").append(one.getMessage()));
    message.append(broken.size() > MOST_NAMED ? "; ..." : "");
    throw new IOException(message.toString(), broken.getFirst());
  }

  /** Images with their classes. */
  private static final class Images implements DataSet {
    private final Spec features;
    private final Pixels pixels;
    private final int[] labels;

    Images(Shape shape, Pixels pixels, int[] labels) {
      this.features = Spec.of(DType.F32, shape);
      this.pixels = pixels;
      this.labels = labels;
    }

    @Override
    public long size() {
      return labels.length;
    }

    @Override
    public Spec features() {
      return features;
    }

    @Override
    public Spec labels() {
      return Spec.of(DType.I32, Shape.scalar());
    }

    @Override
    public void readFeatures(long sample, long row, Tensor into) {
      byte[] values = pixels.of(Math.toIntExact(sample));
      MemorySegment memory = into.memory();
      long at = into.at() + row * values.length * Float.BYTES;
      for (byte value : values) {
        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (value & 0xff) / 255f);
        at += Float.BYTES;
      }
    }

    @Override
    public void readLabel(long sample, long row, Tensor into) {
      into.memory()
          .set(
              ValueLayout.JAVA_INT_UNALIGNED,
              into.at() + row * Integer.BYTES,
              labels[Math.toIntExact(sample)]);
    }
  }
}
