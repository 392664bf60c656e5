package dev.lanewise.nn;

import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A model as Keras' {@code summary} prints it. */
final class Summary {
  private Summary() {}

  static String of(String name, List<Part> parts) {
    int layerWidth = 27;
    int shapeWidth = 25;
    for (Part part : parts) {
      layerWidth = Math.max(layerWidth, layer(part).length());
      shapeWidth = Math.max(shapeWidth, shapes(part).length());
    }
    String row = " %-" + layerWidth + "s %-" + shapeWidth + "s %s\n";
    int width = layerWidth + shapeWidth + 14;
    StringBuilder text = new StringBuilder("Model: \"" + name + "\"\n");
    text.append("_".repeat(width)).append('\n');
    text.append(row.formatted("Layer (type)", "Output Shape", "Param #"));
    text.append("=".repeat(width)).append('\n');
    Count trained = new Count();
    Count rest = new Count();
    for (Part part : parts) {
      text.append(row.formatted(layer(part), shapes(part), grouped(part.size())));
      for (Parameter parameter : part.parameters()) {
        (parameter.isTrained() ? trained : rest).add(parameter.tensor());
      }
    }
    text.append("=".repeat(width)).append('\n');
    text.append("Total params: ").append(trained.plus(rest)).append('\n');
    text.append("Trainable params: ").append(trained).append('\n');
    text.append("Non-trainable params: ").append(rest).append('\n');
    return text.append("_".repeat(width)).append('\n').toString();
  }

  private static String layer(Part part) {
    return part.name() + " (" + part.type() + ")";
  }

  private static String shapes(Part part) {
    return part.block().outputs().stream().map(Summary::shape).collect(Collectors.joining(", "));
  }

  private static String shape(Shape sample) {
    StringBuilder text = new StringBuilder("(None");
    for (long extent : sample.extents()) {
      text.append(", ").append(extent);
    }
    return text.append(sample.rank() == 0 ? ",)" : ")").toString();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Numbers and the bytes they take. */
  private static final class Count {
    private long numbers;
    private long bytes;

    void add(Tensor tensor) {
      numbers += tensor.size();
      bytes += tensor.size() * tensor.dtype().bytes();
    }

    Count plus(Count other) {
      Count sum = new Count();
      sum.numbers = numbers + other.numbers;
      sum.bytes = bytes + other.bytes;
      return sum;
    }

    @Override
    public String toString() {
      double size = (double) bytes;
      String[] units = {"B", "KB", "MB", "GB", "TB"};
      int unit = 0;
      while (size >= 1024 && unit < units.length - 1) {
        size /= 1024;
        unit++;
      }
      return grouped(numbers) + String.format(Locale.ROOT, " (%.2f %s)", size, units[unit]);
    }
  }
}
