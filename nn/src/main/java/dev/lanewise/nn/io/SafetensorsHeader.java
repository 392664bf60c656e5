package dev.lanewise.nn.io;

import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: which tensor lies where.
 *
 * @param entries by name, in the order of the file
 * @param metadata the free text that the file carries
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /**
   * One tensor.
   *
   * @param from offset of its first byte in the data, which follow the header
   * @param to offset behind its last byte
   */
  record Entry(StoredType type, Shape shape, long from, long to) {}

  /**
   * Reads a header and checks all of it: types, sizes, and that the entries fill the data without
   * gap or overlap.
   *
   * @param dataBytes how many bytes follow the header in the file
   */
  static SafetensorsHeader parse(String text, long dataBytes) throws Json.Malformed {
    Json json = new Json(text);
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = Map.of();
    boolean described = false;
    json.beginObject();
    for (String name = json.key(true); name != null; name = json.key(false)) {
      if (name.equals(METADATA)) {
        if (described) {
          throw new Json.Malformed("two entries '" + METADATA + "'");
        }
        described = true;
        metadata = metadata(json);
      } else if (entries.put(name, entry(json, name)) != null) {
        throw new Json.Malformed("two entries '" + name + "'");
      }
    }
    json.end();
    requireFilled(entries, dataBytes);
    return new SafetensorsHeader(entries, metadata);
  }

  private static Map<String, String> metadata(Json json) throws Json.Malformed {
    Map<String, String> metadata = new LinkedHashMap<>();
    json.beginObject();
    for (String key = json.key(true); key != null; key = json.key(false)) {
      if (metadata.put(key, json.string()) != null) {
        throw new Json.Malformed("two entries '" + key + "' in '" + METADATA + "'");
      }
    }
    return metadata;
  }

  private static Entry entry(Json json, String name) throws Json.Malformed {
    StoredType type = null;
    Shape shape = null;
    long[] offsets = null;
    json.beginObject();
    for (String key = json.key(true); key != null; key = json.key(false)) {
      switch (key) {
        case "dtype" -> type = type(json, name);
        case "shape" -> shape = shape(json, name);
        case "data_offsets" -> offsets = numbers(json);
        default -> throw new Json.Malformed("entry '" + name + "' has an unknown '" + key + "'");
      }
    }
    if (type == null || shape == null || offsets == null) {
      throw new Json.Malformed(
          "entry '" + name + "' lacks one of 'dtype', 'shape' and 'data_offsets'");
    }
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw new Json.Malformed("entry '" + name + "' has offsets that are no range");
    }
    long bytes = offsets[1] - offsets[0];
    if (shape.size() > Long.MAX_VALUE / 8 || shape.size() * type.bytes != bytes) {
      throw new Json.Malformed(
          "entry '%s' of %s %s takes %s bytes, its offsets span %d"
              .formatted(
                  name,
                  type,
                  shape,
                  shape.size() > Long.MAX_VALUE / 8 ? "too many" : shape.size() * type.bytes,
                  bytes));
    }
    return new Entry(type, shape, offsets[0], offsets[1]);
  }

  private static StoredType type(Json json, String name) throws Json.Malformed {
    String text = json.string();
    StoredType type = StoredType.named(text);
    if (type == null) {
      throw new Json.Malformed(
          "entry '%s' has type '%s', which is not supported: one of %s"
              .formatted(name, text, StoredType.names()));
    }
    return type;
  }

  private static Shape shape(Json json, String name) throws Json.Malformed {
    try {
      return Shape.of(numbers(json));
    } catch (IllegalArgumentException tooLarge) {
      throw new Json.Malformed("entry '" + name + "': " + tooLarge.getMessage());
    }
  }

  private static long[] numbers(Json json) throws Json.Malformed {
    List<Long> numbers = new ArrayList<>();
    json.beginArray();
    while (json.element(numbers.isEmpty())) {
      numbers.add(json.wholeNumber());
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static void requireFilled(Map<String, Entry> entries, long dataBytes)
      throws Json.Malformed {
    List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
    sorted.sort(
        Comparator.<Map.Entry<String, Entry>>comparingLong(entry -> entry.getValue().from)
            .thenComparingLong(entry -> entry.getValue().to));
    long end = 0;
    for (Map.Entry<String, Entry> entry : sorted) {
      if (entry.getValue().from != end) {
        throw new Json.Malformed(
            "entry '%s' begins at byte %d of the data, byte %d expected"
                .formatted(entry.getKey(), entry.getValue().from, end));
      }
      end = entry.getValue().to;
    }
    if (end != dataBytes) {
      throw new Json.Malformed(
          "the entries take %d bytes, the file has %d after its header".formatted(end, dataBytes));
    }
  }

  /** The header as text, without padding. */
  String text() {
    StringBuilder text = new StringBuilder("{");
    String comma = "";
    if (!metadata.isEmpty()) {
      text.append(Json.quoted(METADATA)).append(":{");
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        text.append(comma).append(Json.quoted(entry.getKey())).append(':');
        text.append(Json.quoted(entry.getValue()));
        comma = ",";
      }
      text.append('}');
    }
    for (Map.Entry<String, Entry> named : entries.entrySet()) {
      Entry entry = named.getValue();
      text.append(comma).append(Json.quoted(named.getKey())).append(":{\"dtype\":\"");
      text.append(entry.type).append("\",\"shape\":");
      text.append(entry.shape.toString().replace(" ", "")).append(",\"data_offsets\":[");
      text.append(entry.from).append(',').append(entry.to).append("]}");
      comma = ",";
    }
    return text.append('}').toString();
  }
}
