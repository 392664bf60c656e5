package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cpu.CpuProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionKernelTest {
  private final Random random = new Random(11);

  /** One line per case: what is new in it comes first. */
  static Stream<Named> shapes() {
    return Stream.of(
        named("deep patch", 1, 5, 5, 60, 9, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
        named("deep phases", 1, 6, 6, 9, 70, 1, 5, 5, 2, 2, 1, 1, 2, 2, 2, 2),
        named("plain", 2, 5, 6, 3, 7, 1, 3, 2, 1, 1, 1, 1, 0, 0, 0, 0),
        named("one pixel", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
        named("one tap", 2, 4, 5, 9, 17, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
        named("one channel", 2, 9, 9, 1, 32, 1, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0),
        named("pads", 2, 6, 7, 5, 6, 1, 3, 3, 1, 1, 1, 1, 1, 2, 2, 1),
        named("pads beyond the kernel", 1, 3, 3, 2, 3, 1, 2, 2, 1, 1, 1, 1, 3, 4, 3, 2),
        named("cropped", 1, 8, 8, 4, 5, 1, 2, 2, 1, 1, 1, 1, -1, -2, -1, 0),
        named("stride", 2, 9, 8, 4, 6, 1, 3, 3, 2, 3, 1, 1, 1, 1, 0, 2),
        named("stride beyond the kernel", 1, 9, 9, 3, 4, 1, 1, 2, 3, 4, 1, 1, 0, 0, 0, 0),
        named("dilation", 2, 9, 10, 8, 4, 1, 3, 2, 1, 1, 2, 3, 1, 1, 1, 1),
        named("stride and dilation", 1, 11, 12, 4, 4, 1, 3, 3, 2, 2, 2, 3, 2, 1, 1, 2),
        named("groups", 2, 6, 6, 6, 9, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
        named("groups of wide vectors", 1, 5, 5, 16, 70, 2, 2, 2, 1, 2, 1, 1, 0, 0, 0, 1),
        named("depthwise", 1, 7, 7, 8, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
        named("a row", 3, 1, 20, 4, 6, 1, 1, 5, 1, 2, 1, 1, 0, 2, 0, 2),
        named("many columns", 1, 4, 4, 3, 131, 1, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0),
        named("many rows", 3, 13, 13, 4, 3, 1, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0),
        named("borders left out", 33, 3, 2, 90, 3, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
        named("borders left out of lines", 8, 4, 4, 64, 2, 1, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2),
        named("borders left out, far apart", 32, 5, 6, 86, 2, 1, 3, 3, 2, 3, 2, 1, 2, 2, 4, 2),
        named("borders left out of groups", 32, 3, 2, 172, 4, 2, 3, 3, 1, 1, 1, 1, 2, 0, 2, 1),
        named("borders left out of the gradient", 32, 2, 3, 2, 86, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
        named("no batch", 0, 4, 4, 3, 5, 1, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0));
  }

  record Named(String name, ConvolutionShape shape) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Named named(
      String name,
      long batch,
      long height,
      long width,
      long channels,
      long outChannels,
      long groups,
      long kernelHeight,
      long kernelWidth,
      long strideHeight,
      long strideWidth,
      long dilationHeight,
      long dilationWidth,
      long padTop,
      long padLeft,
      long padBottom,
      long padRight) {
    long tall = height + padTop + padBottom - dilationHeight * (kernelHeight - 1) - 1;
    long wide = width + padLeft + padRight - dilationWidth * (kernelWidth - 1) - 1;
    return new Named(
        name,
        new ConvolutionShape(
            batch,
            height,
            width,
            channels,
            tall / strideHeight + 1,
            wide / strideWidth + 1,
            outChannels,
            groups,
            kernelHeight,
            kernelWidth,
            strideHeight,
            strideWidth,
            dilationHeight,
            dilationWidth,
            1,
            1,
            padTop,
            padLeft));
  }

  /** Whole numbers make every sum exact, so the definition may be summed in any order. */
  @ParameterizedTest
  @MethodSource("shapes")
  void scalarIsTheDefinition(Named named) {
    for (Element element : Element.values()) {
      try (Arena arena = Arena.ofConfined()) {
        Case c = new Case(arena, element, named.shape(), 0);
        c.wholeNumbers();
        ConvolutionKernel kernel = Providers.scalar().convolution(element);
        Case forward = c.copy(arena);
        forward.convolve(kernel, WriteOut.PLAIN, 1);
        Case imageGradient = c.copy(arena);
        imageGradient.imageGradient(kernel, WriteOut.PLAIN, 1);
        Case filterGradient = c.copy(arena);
        filterGradient.filterGradient(kernel, false, 1);
        c.define(forward, imageGradient, filterGradient);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  @Tag("vectors")
  void vectorsGiveTheBitsOfTheScalarKernel(Named named) {
    for (CpuProfile profile : new CpuProfile[] {Providers.SMALL_BLOCKS, CpuProfile.detected()}) {
      Kernels simd = Providers.simd(profile);
      for (Element element : Element.values()) {
        ConvolutionKernel vector = simd.convolution(element);
        ConvolutionKernel scalar = Providers.scalar().convolution(element);
        for (int i = 0; i < 6; i++) {
          try (Arena arena = Arena.ofConfined()) {
            Case c = new Case(arena, element, named.shape(), i);
            long most = Math.max(named.shape().channels(), named.shape().outChannels());
            MemorySegment bias = Guarded.random(arena, random, element, most);
            WriteOut writeOut = new WriteOut(i % 3 == 1, i % 2 == 0 ? bias : null, 0, i >= 3);
            boolean accumulate = i % 2 == 1;
            int cuts = 1 + i % 3;
            compare(
                c, x -> x.convolve(scalar, writeOut, 1), x -> x.convolve(vector, writeOut, cuts));
            compare(
                c,
                x -> x.imageGradient(scalar, writeOut, 1),
                x -> x.imageGradient(vector, writeOut, cuts));
            compare(
                c,
                x -> x.filterGradient(scalar, accumulate, 1),
                x -> x.filterGradient(vector, accumulate, cuts));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void partsCoverEveryPixelOnce(Named named) {
    for (ConvolutionShape s : List.of(named.shape(), named.shape().transposed())) {
      Map<String, Integer> seen = new HashMap<>();
      for (ConvolutionPhase phase : ConvolutionPhase.of(s)) {
        for (ConvolutionPhase.Part part : phase.parts()) {
          for (long h = 0; h < part.rows().outExtent(); h++) {
            for (long w = 0; w < part.columns().outExtent(); w++) {
              long oh = part.rows().out() + h * part.rows().outStep();
              long ow = part.columns().out() + w * part.columns().outStep();
              seen.merge(oh + " " + ow, 1, Integer::sum);
            }
          }
        }
      }
      assertEquals(s.outHeight() * s.outWidth(), seen.size());
      assertEquals(Set.of(1), Set.copyOf(seen.values()));
    }
  }

  @Test
  void bordersAreLeftOutWhereThatPays() {
    for (Named named : shapes().filter(each -> each.name().startsWith("borders")).toList()) {
      ConvolutionShape s = named.shape();
      ConvolutionShape back = s.transposed();
      assertTrue(s.skipsLines() || back.skipsLines(), named.name());
      assertEquals(
          !named.name().endsWith("lines"), s.skipsColumns() || back.skipsColumns(), named.name());
    }
    ConvolutionShape small =
        named("many", 32, 7, 7, 256, 8, 1, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2).shape();
    assertTrue(small.skipsLines() && small.skipsColumns());
    assertEquals(25, ConvolutionPhase.of(small).getFirst().parts().size());
    ConvolutionShape single =
        named("one", 1, 7, 7, 256, 8, 1, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2).shape();
    assertFalse(single.skipsLines() || single.skipsColumns());
    ConvolutionShape large =
        named("large", 32, 56, 56, 256, 8, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1).shape();
    assertFalse(large.skipsLines() || large.skipsColumns());
    ConvolutionShape unpadded =
        named("unpadded", 32, 7, 7, 256, 8, 1, 5, 5, 1, 1, 1, 1, 0, 0, 0, 0).shape();
    assertFalse(unpadded.skipsLines() || unpadded.skipsColumns());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  @Tag("vectors")
  void infiniteWeightsMeetTheSameZeros(Named named) {
    for (Element element : Element.values()) {
      try (Arena arena = Arena.ofConfined()) {
        Case c = new Case(arena, element, named.shape(), 0);
        for (long at = 0; at < c.filter.memory().byteSize(); at += 7L * element.bytes()) {
          Guarded.set(c.filter.memory(), element, at, Double.POSITIVE_INFINITY);
        }
        compare(
            c,
            x -> x.convolve(Providers.scalar().convolution(element), WriteOut.PLAIN, 1),
            x ->
                x.convolve(
                    Providers.simd(CpuProfile.detected()).convolution(element), WriteOut.PLAIN, 2));
      }
    }
  }

  @Test
  @Tag("vectors")
  void chunksAreSummedInOrder() {
    Kernels simd = Providers.simd(CpuProfile.detected());
    ConvolutionShape shape =
        named("chunks", 4, 28, 28, 1, 5, 1, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0).shape();
    for (Element element : Element.values()) {
      try (Arena arena = Arena.ofConfined()) {
        Case c = new Case(arena, element, shape, 0);
        assertEquals(3, Providers.scalar().convolution(element).chunks(shape));
        assertEquals(3, simd.convolution(element).chunks(shape));
        compare(
            c,
            x -> x.filterGradient(Providers.scalar().convolution(element), false, 1),
            x -> x.filterGradient(simd.convolution(element), false, 2));
      }
    }
  }

  @Test
  void chunksAreAFunctionOfTheShape() {
    ConvolutionKernel kernel = Providers.scalar().convolution(Element.F32);
    ConvolutionShape digits =
        named("first layer", 32, 28, 28, 1, 32, 1, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0).shape();
    assertEquals(1024, kernel.chunkRows(digits));
    assertEquals(22, kernel.chunks(digits));
    ConvolutionShape deep =
        named("deep layer", 32, 14, 14, 512, 512, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1).shape();
    assertEquals(1, kernel.chunks(deep));
    ConvolutionShape none =
        named("nothing", 0, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0).shape();
    assertEquals(1, kernel.chunks(none));
  }

  private static void compare(Case c, Consumer<Case> expected, Consumer<Case> actual) {
    try (Arena arena = Arena.ofConfined()) {
      Case x = c.copy(arena);
      Case y = c.copy(arena);
      expected.accept(x);
      actual.accept(y);
      assertEquals(-1, x.image.memory().mismatch(y.image.memory()), "image");
      assertEquals(-1, x.out.memory().mismatch(y.out.memory()), "output");
      assertEquals(-1, x.filter.memory().mismatch(y.filter.memory()), "filter");
    }
  }

  /** The three operands of a convolution; each can be the result, in whole memory with guards. */
  private final class Case {
    final Arena arena;
    final Element element;
    final ConvolutionShape s;
    final Image image;
    final Image out;
    final Filter filter;

    Case(Arena arena, Element element, ConvolutionShape shape, int layout) {
      this.arena = arena;
      this.element = element;
      this.s = shape;
      long gap = layout % 3;
      long line = (long) (layout % 2) * 3;
      image = image(s.height(), s.width(), s.channels(), gap, line);
      out = image(s.outHeight(), s.outWidth(), s.outChannels(), gap, line);
      long b = element.bytes();
      long c = s.groupChannels();
      long o = s.groupOutChannels();
      MemorySegment memory =
          Guarded.random(arena, random, element, s.outChannels() * s.patch() + 4);
      long taps = s.kernelHeight() * s.kernelWidth();
      filter =
          layout % 2 == 0
              ? new Filter(
                  memory, 2 * b, o * c * taps * b, c * taps * b, taps * b, s.kernelWidth() * b, b)
              : new Filter(
                  memory,
                  2 * b,
                  o * b,
                  b,
                  s.outChannels() * b,
                  s.kernelWidth() * c * s.outChannels() * b,
                  c * s.outChannels() * b);
    }

    private Case(Arena arena, Case c) {
      this.arena = arena;
      element = c.element;
      s = c.s;
      image = in(Guarded.copy(arena, c.image.memory()), c.image);
      out = in(Guarded.copy(arena, c.out.memory()), c.out);
      filter = in(Guarded.copy(arena, c.filter.memory()), c.filter);
    }

    Case copy(Arena inArena) {
      return new Case(inArena, this);
    }

    private Image image(long height, long width, long channels, long gap, long line) {
      long b = element.bytes();
      long pixel = channels + gap;
      long row = width * pixel + line;
      MemorySegment memory = Guarded.random(arena, random, element, s.batch() * height * row + 4);
      return new Image(memory, 2 * b, height * row * b, row * b, pixel * b);
    }

    private static Image in(MemorySegment memory, Image x) {
      return new Image(memory, x.at(), x.batchStride(), x.heightStride(), x.widthStride());
    }

    private static Filter in(MemorySegment memory, Filter f) {
      return new Filter(
          memory,
          f.at(),
          f.groupStride(),
          f.outStride(),
          f.channelStride(),
          f.heightStride(),
          f.widthStride());
    }

    void wholeNumbers() {
      for (MemorySegment memory :
          new MemorySegment[] {image.memory(), out.memory(), filter.memory()}) {
        for (long at = 0; at < memory.byteSize(); at += element.bytes()) {
          Guarded.set(memory, element, at, random.nextInt(-4, 5));
        }
      }
    }

    void convolve(ConvolutionKernel kernel, WriteOut writeOut, int cuts) {
      run(kernel, s, filter, image, out, writeOut, cuts);
    }

    void imageGradient(ConvolutionKernel kernel, WriteOut writeOut, int cuts) {
      run(kernel, s.transposed(), filter.transposed(s), out, image, writeOut, cuts);
    }

    private void run(
        ConvolutionKernel kernel,
        ConvolutionShape shape,
        Filter weights,
        Image from,
        Image to,
        WriteOut writeOut,
        int cuts) {
      Workspace workspace = new Workspace(CpuProfile.detected(), arena);
      long bytes = kernel.packedBytes(shape);
      MemorySegment memory = arena.allocate(bytes + 64, 64).fill((byte) 0x5a);
      PackedFilter packed = new PackedFilter(shape, memory, 0);
      long panels = kernel.panels(shape);
      kernel.pack(weights, panels / 2, panels, packed);
      kernel.pack(weights, 0, panels / 2, packed);
      for (long i = bytes; i < bytes + 64; i++) {
        assertEquals(0x5a, memory.get(ValueLayout.JAVA_BYTE, i));
      }
      for (int i = cuts - 1; i >= 0; i--) {
        long rowFrom = shape.rows() * i / cuts;
        long rowTo = shape.rows() * (i + 1) / cuts;
        kernel.convolve(from, packed, to, writeOut, rowFrom, rowTo, workspace);
      }
    }

    void filterGradient(ConvolutionKernel kernel, boolean accumulate, int cuts) {
      Workspace workspace = new Workspace(CpuProfile.detected(), arena);
      MemorySegment partial = arena.allocate(kernel.chunkBytes(s) + 64, 64);
      long weights = s.groups() * s.patch();
      for (int i = cuts - 1; i >= 0; i--) {
        long from = weights * i / cuts;
        long to = weights * (i + 1) / cuts;
        for (long chunk = 0; chunk < kernel.chunks(s); chunk++) {
          kernel.filterGradient(s, image, out, chunk, from, to, partial, 0, workspace);
        }
        kernel.sumChunks(s, partial, 0, from, to, filter, accumulate);
      }
    }

    /**
     * Compares results with the definition, in which every meeting of pixel and weight is a term.
     */
    void define(Case forward, Case imageGradient, Case filterGradient) {
      double[] outs = new double[Math.toIntExact(out.memory().byteSize() / element.bytes())];
      double[] images = new double[Math.toIntExact(image.memory().byteSize() / element.bytes())];
      double[] weights = new double[Math.toIntExact(filter.memory().byteSize() / element.bytes())];
      eachTerm(
          (x, w, y) -> {
            outs[index(y)] += get(image.memory(), x) * get(filter.memory(), w);
            images[index(x)] += get(out.memory(), y) * get(filter.memory(), w);
            weights[index(w)] += get(out.memory(), y) * get(image.memory(), x);
          });
      eachPixel(
          s.outHeight(),
          s.outWidth(),
          s.outChannels(),
          out,
          at -> assertEquals(outs[index(at)], get(forward.out.memory(), at) + 0.0));
      eachPixel(
          s.height(),
          s.width(),
          s.channels(),
          image,
          at -> assertEquals(images[index(at)], get(imageGradient.image.memory(), at) + 0.0));
      for (long at = 2L * element.bytes();
          at < filter.memory().byteSize() - 2L * element.bytes();
          at += element.bytes()) {
        assertEquals(weights[index(at)], get(filterGradient.filter.memory(), at) + 0.0);
      }
    }

    private void eachTerm(Term term) {
      for (long n = 0; n < s.batch(); n++) {
        for (long o = 0; o < s.outChannels(); o++) {
          long group = o / s.groupOutChannels();
          for (long c = 0; c < s.groupChannels(); c++) {
            for (long kh = 0; kh < s.kernelHeight(); kh++) {
              for (long kw = 0; kw < s.kernelWidth(); kw++) {
                long w =
                    filter.at()
                        + group * filter.groupStride()
                        + o % s.groupOutChannels() * filter.outStride()
                        + c * filter.channelStride()
                        + kh * filter.heightStride()
                        + kw * filter.widthStride();
                long channel = group * s.groupChannels() + c;
                eachPlace(term, n, channel, kh, kw, w, o);
              }
            }
          }
        }
      }
    }

    private void eachPlace(Term term, long n, long channel, long kh, long kw, long w, long o) {
      for (long oh = 0; oh < s.outHeight(); oh++) {
        for (long ow = 0; ow < s.outWidth(); ow++) {
          long h = oh * s.strideHeight() + kh * s.dilationHeight() - s.padTop();
          long v = ow * s.strideWidth() + kw * s.dilationWidth() - s.padLeft();
          if (h >= 0 && h < s.height() && v >= 0 && v < s.width()) {
            term.met(at(image, n, h, v, channel), w, at(out, n, oh, ow, o));
          }
        }
      }
    }

    private void eachPixel(long height, long width, long channels, Image x, LongConsumer visit) {
      for (long n = 0; n < s.batch(); n++) {
        for (long h = 0; h < height; h++) {
          for (long w = 0; w < width; w++) {
            for (long c = 0; c < channels; c++) {
              visit.accept(at(x, n, h, w, c));
            }
          }
        }
      }
    }

    private long at(Image x, long n, long h, long w, long c) {
      return x.at()
          + n * x.batchStride()
          + h * x.heightStride()
          + w * x.widthStride()
          + c * element.bytes();
    }

    private int index(long at) {
      return Math.toIntExact(at / element.bytes());
    }

    private double get(MemorySegment memory, long at) {
      return Guarded.get(memory, element, at);
    }
  }

  /** A pixel, a weight and an output element that meet in one product, by where they stand. */
  private interface Term {
    void met(long image, long weight, long out);
  }
}
