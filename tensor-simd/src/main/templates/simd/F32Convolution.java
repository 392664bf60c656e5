package dev.lanewise.kernel.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.lanewise.cpu.CpuProfile;
import dev.lanewise.kernel.ConvolutionKernel;
import dev.lanewise.kernel.ConvolutionPhase;
import dev.lanewise.kernel.ConvolutionShape;
import dev.lanewise.kernel.Element;
import dev.lanewise.kernel.Filter;
import dev.lanewise.kernel.GemmLayout;
import dev.lanewise.kernel.Image;
import dev.lanewise.kernel.PackedFilter;
import dev.lanewise.kernel.Workspace;
import dev.lanewise.kernel.WriteOut;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Convolution as a matrix product whose left operand is packed straight from the image (implicit
 * im2col), with the Vector API.
 *
 * <pre>
 * for phases                              spread pixels only: the taps that meet pixels
 *   for parts                             borders and the rest, where zeros are left out
 *     for output pixels                   a block of them stays in the second-level cache
 *       for groups
 *         for slabs of the patch          patches packed on the heap
 *           F32Block                      panels, tiles
 * </pre>
 *
 * <p>A packed filter consists of its phases; a phase, of groups; a group is packed like the right
 * operand of {@link F32Gemm}.
 *
 * <p>The gradient of the filter is the product of the transposed gradient of the output and the
 * patches; its depth are the pixels of a chunk. The patches are the right operand here, because
 * there they need no transposing, and they are the larger one.
 */
public final class F32Convolution implements ConvolutionKernel {
  /** Sums of one row that are read together: a cache line of floats. */
  private static final long SUMS = 16;

  private final int blockRows;

  /** Convolution with the block sizes of {@code profile}. */
  public F32Convolution(CpuProfile profile) {
    CpuProfile.Blocks blocks = GemmLayout.blocks(profile, Element.F32);
    this.blockRows = blocks.rows();
  }

  @Override
  public long panels(ConvolutionShape shape) {
    return ConvolutionPhase.of(shape).size() * shape.groups() * groupPanels(shape);
  }

  private static long groupPanels(ConvolutionShape shape) {
    return Math.ceilDiv(shape.groupOutChannels(), F32Block.COLUMNS);
  }

  private static long groupBytes(ConvolutionShape shape) {
    return Math.ceilDiv(shape.patch() * groupPanels(shape) * F32Block.PANEL_ROW, 64) * 64;
  }

  @Override
  public long packedBytes(ConvolutionShape shape) {
    long bytes = 0;
    for (ConvolutionPhase phase : ConvolutionPhase.of(shape)) {
      bytes += shape.groups() * groupBytes(phase.shape());
    }
    return bytes;
  }

  @Override
  public void pack(Filter filter, long panelFrom, long panelTo, PackedFilter packed) {
    ConvolutionShape whole = packed.shape();
    long panels = groupPanels(whole);
    long at = packed.at();
    long first = 0;
    List<ConvolutionPhase> phases = packed.phases();
    for (int i = 0; i < phases.size(); i++) {
      ConvolutionPhase phase = phases.get(i);
      for (long group = 0; group < whole.groups(); group++) {
        long from = Math.max(panelFrom - first, 0);
        long to = Math.min(panelTo - first, panels);
        for (long panel = from; panel < to; panel++) {
          pack(filter, phase, group, panel, packed.memory(), at);
        }
        first += panels;
        at += groupBytes(phase.shape());
      }
    }
  }

  /** Packs one panel of a group, slab by slab, each of them tap by tap. */
  private void pack(
      Filter filter, ConvolutionPhase phase, long group, long panel, MemorySegment to, long toAt) {
    ConvolutionShape s = phase.shape();
    long channels = s.groupChannels();
    long out = panel * F32Block.COLUMNS;
    int columns = (int) Math.min(F32Block.COLUMNS, s.groupOutChannels() - out);
    long slabbed = s.slabbed();
    int slab = GemmLayout.slab(slabbed);
    long at = filter.at() + group * filter.groupStride() + out * filter.outStride();
    for (long p = 0; p < s.patch(); ) {
      int depth = (int) Math.min(slab, slabbed - p % slabbed);
      long panelAt = toAt + (p * groupPanels(s) + panel * depth) * F32Block.PANEL_ROW;
      F32Pack.pad(columns, depth, to, panelAt);
      for (int e = 0; e < depth; ) {
        long tap = (p + e) / channels;
        long channel = (p + e) % channels;
        int count = (int) Math.min(channels - channel, depth - e);
        long kh = phase.rows().tap() + tap / s.kernelWidth() * phase.rows().tapStep();
        long kw = phase.columns().tap() + tap % s.kernelWidth() * phase.columns().tapStep();
        F32Pack.part(
            filter.memory(),
            at
                + kh * filter.heightStride()
                + kw * filter.widthStride()
                + channel * filter.channelStride(),
            filter.channelStride(),
            filter.outStride(),
            count,
            columns,
            to,
            panelAt + e * (long) F32Block.PANEL_ROW);
        e += count;
      }
      p += depth;
    }
  }

  @Override
  public void convolve(
      Image image,
      PackedFilter filter,
      Image out,
      WriteOut writeOut,
      long rowFrom,
      long rowTo,
      Workspace workspace) {
    long filterAt = filter.at();
    long first = 0;
    List<ConvolutionPhase> phases = filter.phases();
    for (int i = 0; i < phases.size(); i++) {
      ConvolutionPhase phase = phases.get(i);
      List<ConvolutionPhase.Part> parts = phase.parts();
      for (int j = 0; j < parts.size(); j++) {
        ConvolutionPhase.Part part = parts.get(j);
        long rows = part.shape().rows();
        long to = Math.min(rowTo - first, rows);
        for (long row = Math.max(rowFrom - first, 0); row < to; row += blockRows) {
          int count = (int) Math.min(blockRows, to - row);
          block(
              phase, part, image, filter.memory(), filterAt, out, writeOut, row, count, workspace);
        }
        first += rows;
      }
      filterAt += phase.shape().groups() * groupBytes(phase.shape());
    }
  }

  /** One block of output pixels of a part, from {@code row} on. */
  private void block(
      ConvolutionPhase phase,
      ConvolutionPhase.Part part,
      Image image,
      MemorySegment filter,
      long filterAt,
      Image out,
      WriteOut writeOut,
      long row,
      int rows,
      Workspace workspace) {
    ConvolutionShape s = part.shape();
    long widthStride = part.columns().outStep() * out.widthStride();
    long[] rowAt = workspace.rows();
    boolean even = places(part, out, row, rows, rowAt);
    float[] block = (float[]) workspace.block(Element.F32);
    long columns = s.groupOutChannels();
    long panels = groupPanels(s);
    long slabbed = phase.shape().slabbed();
    int slab = GemmLayout.slab(slabbed);
    // Either the lines of the kernel are cut into slabs one by one, or all of it at once.
    long line = phase.shape().kernelWidth() * s.groupChannels();
    long lines = slabbed == line ? s.kernelHeight() : 1;
    long termFrom = slabbed == line ? part.tap() * s.groupChannels() : 0;
    long terms = slabbed == line ? s.kernelWidth() * s.groupChannels() : s.patch();
    for (long group = 0; group < s.groups(); group++) {
      long channel = group * columns;
      long groupAt = out.at() + channel * Float.BYTES;
      long packedAt = filterAt + group * groupBytes(phase.shape());
      if (s.patch() == 0) {
        for (int i = 0; i < rows; i++) {
          F32WriteOut.empty(
              out.memory(),
              groupAt + rowAt[i],
              widthStride,
              Float.BYTES,
              1,
              columns,
              !writeOut.accumulate(),
              writeOut,
              channel);
        }
        continue;
      }
      boolean fresh = !writeOut.accumulate();
      for (long i = 0; i < lines; i++) {
        long lineAt = (part.line() + i) * slabbed;
        for (long p = termFrom; p < termFrom + terms; ) {
          long slabFrom = p - p % slab;
          long slabDepth = Math.min(slab, slabbed - slabFrom);
          int depth = (int) Math.min(slabFrom + slabDepth, termFrom + terms) - (int) p;
          F32Patches.block(s, image, group, row, rows, i * terms + p - termFrom, depth, block);
          boolean last = i + 1 == lines && p + depth == termFrom + terms;
          F32Block.multiply(
              block,
              rows,
              depth,
              filter,
              packedAt + ((lineAt + slabFrom) * panels + p - slabFrom) * F32Block.PANEL_ROW,
              slabDepth * F32Block.PANEL_ROW,
              columns,
              out.memory(),
              even ? groupAt + rowAt[0] : groupAt,
              even ? null : rowAt,
              widthStride,
              Float.BYTES,
              fresh,
              last && writeOut.finishes() ? writeOut : null,
              channel);
          fresh = false;
          p += depth;
        }
      }
    }
  }

  /**
   * Where the output pixels of a part stand, from {@code row} on, in bytes from the first image.
   *
   * @return whether they lie as far apart as those of one line
   */
  private static boolean places(
      ConvolutionPhase.Part part, Image out, long row, int rows, long[] rowAt) {
    ConvolutionShape s = part.shape();
    long widthStride = part.columns().outStep() * out.widthStride();
    long heightStride = part.rows().outStep() * out.heightStride();
    long left = part.columns().out() * out.widthStride();
    long ow = row % s.outWidth();
    long oh = row / s.outWidth() % s.outHeight();
    long n = row / s.outWidth() / s.outHeight();
    long lineAt =
        n * out.batchStride() + part.rows().out() * out.heightStride() + oh * heightStride;
    boolean even = true;
    for (int i = 0; i < rows; i++) {
      rowAt[i] = lineAt + left + ow * widthStride;
      even &= i == 0 || rowAt[i] - rowAt[i - 1] == widthStride;
      if (++ow == s.outWidth()) {
        ow = 0;
        lineAt += heightStride;
        if (++oh == s.outHeight()) {
          oh = 0;
          lineAt += out.batchStride() - s.outHeight() * heightStride;
        }
      }
    }
    return even;
  }

  @Override
  public long chunkBytes(ConvolutionShape shape) {
    return chunks(shape) * chunkStride(shape);
  }

  /** The bytes of a chunk's partial sums, {@code [groups][out channels][patch]}. */
  private static long chunkStride(ConvolutionShape shape) {
    return shape.outChannels() * shape.patch() * Float.BYTES;
  }

  @Override
  public void filterGradient(
      ConvolutionShape shape,
      Image image,
      Image outGradient,
      long chunk,
      long weightFrom,
      long weightTo,
      MemorySegment partial,
      long partialAt,
      Workspace workspace) {
    long rowStride = shape.patch() * Float.BYTES;
    for (long group = 0; group < shape.groups(); group++) {
      long from = Math.max(0, weightFrom - group * shape.patch());
      long to = Math.min(shape.patch(), weightTo - group * shape.patch());
      if (from < to) {
        long groupAt =
            partialAt
                + chunk * chunkStride(shape)
                + group * shape.groupOutChannels() * rowStride
                + from * Float.BYTES;
        filterGradient(
            shape,
            image,
            outGradient,
            chunk,
            group,
            from,
            to,
            partial,
            groupAt,
            rowStride,
            workspace);
      }
    }
  }

  /** Weights of one group: the transposed gradient of the output times columns of the patches. */
  private void filterGradient(
      ConvolutionShape shape,
      Image image,
      Image outGradient,
      long chunk,
      long group,
      long weightFrom,
      long weightTo,
      MemorySegment partial,
      long partialAt,
      long rowStride,
      Workspace workspace) {
    float[] block = (float[]) workspace.block(Element.F32);
    MemorySegment panel = workspace.panel();
    long outs = shape.groupOutChannels();
    long pixelFrom = chunk * chunkRows(shape);
    long pixelTo = Math.min(pixelFrom + chunkRows(shape), shape.rows());
    if (pixelFrom == pixelTo) {
      F32Pack.zero(partial, partialAt, rowStride, Float.BYTES, outs, weightTo - weightFrom);
    }
    int slab = GemmLayout.slab(pixelTo - pixelFrom);
    for (long i = 0; i < outs; i += blockRows) {
      int rows = (int) Math.min(blockRows, outs - i);
      for (long p = pixelFrom; p < pixelTo; p += slab) {
        int depth = (int) Math.min(slab, pixelTo - p);
        F32Patches.transposedBlock(shape, outGradient, group * outs + i, rows, p, depth, block);
        for (long j = weightFrom; j < weightTo; j += F32Block.COLUMNS) {
          int columns = (int) Math.min(F32Block.COLUMNS, weightTo - j);
          F32Patches.panel(shape, image, group, p, depth, j, columns, panel, 0);
          F32Block.multiply(
              block,
              rows,
              depth,
              panel,
              0,
              0,
              columns,
              partial,
              partialAt + i * rowStride + (j - weightFrom) * Float.BYTES,
              null,
              rowStride,
              Float.BYTES,
              p == pixelFrom,
              null,
              0);
        }
      }
    }
  }

  @Override
  public void sumChunks(
      ConvolutionShape shape,
      MemorySegment partial,
      long partialAt,
      long weightFrom,
      long weightTo,
      Filter gradient,
      boolean accumulate) {
    long outs = shape.groupOutChannels();
    long rowStride = shape.patch() * Float.BYTES;
    long chunkStride = chunkStride(shape);
    long chunks = chunks(shape);
    for (long i = weightFrom; i < weightTo; ) {
      long group = i / shape.patch();
      long weight = i % shape.patch();
      long channel = weight % shape.groupChannels();
      long tap = weight / shape.groupChannels();
      // Adjacent sums of one row are read together, since the next row is far away.
      long count = Math.min(SUMS, Math.min(shape.groupChannels() - channel, weightTo - i));
      long outAt =
          gradient.at()
              + group * gradient.groupStride()
              + channel * gradient.channelStride()
              + tap / shape.kernelWidth() * gradient.heightStride()
              + tap % shape.kernelWidth() * gradient.widthStride();
      long sumAt = partialAt + group * outs * rowStride + weight * Float.BYTES;
      for (long j = 0; j < outs; j++) {
        long at = sumAt + j * rowStride;
        long to = outAt + j * gradient.outStride();
        for (long k = 0; k < count; k++) {
          sumChunks(
              partial,
              at + k * Float.BYTES,
              chunkStride,
              chunks,
              gradient.memory(),
              to + k * gradient.channelStride(),
              accumulate);
        }
      }
      i += count;
    }
  }

  /** The sum of one weight's gradient over the chunks. */
  private static void sumChunks(
      MemorySegment partial,
      long at,
      long chunkStride,
      long chunks,
      MemorySegment out,
      long to,
      boolean accumulate) {
    float sum = partial.get(JAVA_FLOAT_UNALIGNED, at);
    for (long chunk = 1; chunk < chunks; chunk++) {
      sum += partial.get(JAVA_FLOAT_UNALIGNED, at + chunk * chunkStride);
    }
    out.set(JAVA_FLOAT_UNALIGNED, to, accumulate ? out.get(JAVA_FLOAT_UNALIGNED, to) + sum : sum);
  }
}
