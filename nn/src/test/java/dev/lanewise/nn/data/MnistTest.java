package dev.lanewise.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.TestData;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  @TempDir Path directory;

  @Test
  void theOriginalIsRead() throws IOException {
    Mnist mnist = Mnist.read(TestData.file("datasets/mnist"));
    assertEquals(60_000, mnist.train().size());
    assertEquals(10_000, mnist.test().size());
    assertEquals(Spec.of(DType.F32, Shape.of(28, 28, 1)), mnist.train().features());
    assertEquals(Spec.of(DType.I32, Shape.scalar()), mnist.train().labels());
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(mnist.test(), 8, scope);
      batches.read(0);
      assertArrayEquals(new int[] {7, 2, 1, 0, 4, 1, 4, 9}, batches.labels(0, scope).toInts());
      Tensor images = batches.features(0, scope);
      assertEquals(1, images.max().value());
      assertEquals(0, images.min().value());
    }
  }

  @Test
  void plainAndCompressedFilesMayBeMixed() throws IOException {
    write("train-images-idx3-ubyte", IdxTest.idx(0x08, new int[] {2, 1, 2}, 0, 255, 51, 102));
    write("train-labels-idx1-ubyte.gz", IdxTest.zipped(IdxTest.idx(0x08, new int[] {2}, 3, 200)));
    write(
        "t10k-images-idx3-ubyte.gz", IdxTest.zipped(IdxTest.idx(0x08, new int[] {1, 1, 2}, 9, 9)));
    write("t10k-labels-idx1-ubyte", IdxTest.idx(0x08, new int[] {1}, 4));
    Mnist mnist = Mnist.read(directory);
    try (Scope scope = Scope.open("test")) {
      Batches batches = new Batches(mnist.train(), 2, scope);
      batches.read(0);
      assertArrayEquals(
          new float[] {0, 1, 0.2f, 0.4f}, batches.features(0, scope).toFloats(), 1e-7f);
      assertArrayEquals(new int[] {3, 200}, batches.labels(0, scope).toInts());
    }
  }

  @Test
  void mappedFilesGiveTheSameBits() throws IOException {
    write("train-images-idx3-ubyte", IdxTest.idx(0x08, new int[] {2, 1, 2}, 0, 255, 51, 102));
    write("train-labels-idx1-ubyte", IdxTest.idx(0x08, new int[] {2}, 3, 200));
    write("t10k-images-idx3-ubyte", IdxTest.idx(0x08, new int[] {1, 1, 2}, 9, 9));
    write("t10k-labels-idx1-ubyte", IdxTest.idx(0x08, new int[] {1}, 4));
    Mnist kept = Mnist.read(directory);
    try (Arena arena = Arena.ofShared();
        Scope scope = Scope.open("test")) {
      Mnist mapped = Mnist.map(directory, arena);
      assertEquals(kept.train().features(), mapped.train().features());
      assertEquals(1, mapped.test().size());
      Batches expected = new Batches(kept.train(), 2, scope);
      Batches read = Batches.prefetching(mapped.train(), 2, 1, scope);
      expected.read(0);
      read.read(0);
      assertArrayEquals(expected.features(0, scope).toFloats(), read.features(0, scope).toFloats());
      assertArrayEquals(new int[] {3, 200}, read.labels(0, scope).toInts());
      read.close();
    }
    write("train-labels-idx1-ubyte", IdxTest.idx(0x08, new int[] {1}, 3));
    try (Arena arena = Arena.ofShared()) {
      String message =
          assertThrows(IOException.class, () -> Mnist.map(directory, arena)).getMessage();
      assertTrue(message.contains("2 images, but 1 labels"), message);
    }
  }

  @Test
  void whatDoesNotMatchIsRefused() throws IOException {
    assertEquals(
        directory + ": no file 'train-images-idx3-ubyte' or 'train-images-idx3-ubyte.gz'", error());
    write("train-images-idx3-ubyte", IdxTest.idx(0x08, new int[] {2, 1, 2}, 0, 255, 51, 102));
    write("train-labels-idx1-ubyte", IdxTest.idx(0x08, new int[] {1}, 3));
    Path images = directory.resolve("train-images-idx3-ubyte");
    Path labels = directory.resolve("train-labels-idx1-ubyte");
    assertEquals(images + ": 2 images, but 1 labels in " + labels, error());
    write("train-labels-idx1-ubyte", IdxTest.idx(0x08, new int[] {1, 1}, 3));
    assertEquals(labels + ": labels of one axis expected: [1, 1]", error());
    write("train-images-idx3-ubyte", IdxTest.idx(0x08, new int[] {4}, 0, 255, 51, 102));
    assertEquals(images + ": images of three axes expected: [4]", error());
  }

  private String error() {
    String message = assertThrows(IOException.class, () -> Mnist.read(directory)).getMessage();
    assertTrue(message.startsWith(directory.toString()), message);
    return message;
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(directory.resolve(name), content);
  }
}
