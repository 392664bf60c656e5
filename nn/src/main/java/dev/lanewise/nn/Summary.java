package dev.lanewise.nn;

import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.Locale;

/** A model as Keras' {@code summary} prints it. */
final class Summary {
  private Summary() {}

  static String of(String name, List<Part> parts, int bytesPerNumber) {
    int layerWidth = 27;
    int shapeWidth = 25;
    for (Part part : parts) {
      layerWidth = Math.max(layerWidth, layer(part).length());
      shapeWidth = Math.max(shapeWidth, shape(part.block().output()).length());
    }
    String row = " %-" + layerWidth + "s %-" + shapeWidth + "s %s\n";
    int width = layerWidth + shapeWidth + 14;
    StringBuilder text = new StringBuilder("Model: \"" + name + "\"\n");
    text.append("_".repeat(width)).append('\n');
    text.append(row.formatted("Layer (type)", "Output Shape", "Param #"));
    text.append("=".repeat(width)).append('\n');
    long total = 0;
    for (Part part : parts) {
      text.append(row.formatted(layer(part), shape(part.block().output()), grouped(part.size())));
      total += part.size();
    }
    text.append("=".repeat(width)).append('\n');
    text.append("Total params: ").append(amount(total, bytesPerNumber)).append('\n');
    text.append("Trainable params: ").append(amount(total, bytesPerNumber)).append('\n');
    text.append("Non-trainable params: ").append(amount(0, bytesPerNumber)).append('\n');
    return text.append("_".repeat(width)).append('\n').toString();
  }

  private static String layer(Part part) {
    return part.name() + " (" + part.type() + ")";
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

  private static String amount(long numbers, int bytesPerNumber) {
    double size = (double) numbers * bytesPerNumber;
    String[] units = {"B", "KB", "MB", "GB", "TB"};
    int unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return grouped(numbers) + String.format(Locale.ROOT, " (%.2f %s)", size, units[unit]);
  }
}
