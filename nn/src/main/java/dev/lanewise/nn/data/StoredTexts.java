package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import dev.lanewise.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists of texts as entries of safetensors files. */
final class StoredTexts {
  private static final String TEXTS = ".categories";
  private static final String LENGTHS = ".lengths";

  private StoredTexts() {}

  static Map<String, Tensor> entries(String name, List<String> texts, Scope scope) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int[] lengths = new int[texts.size()];
    for (int i = 0; i < lengths.length; i++) {
      byte[] bytes = texts.get(i).getBytes(StandardCharsets.UTF_8);
      lengths[i] = bytes.length;
      all.writeBytes(bytes);
    }
    byte[] bytes = all.toByteArray();
    Map<String, Tensor> entries = new LinkedHashMap<>();
    entries.put(name + TEXTS, scope.empty(DType.U8, Shape.of(bytes.length)).copyFrom(bytes));
    entries.put(name + LENGTHS, scope.tensor(Shape.of(lengths.length), lengths));
    return entries;
  }

  static List<String> read(Safetensors file, String name) throws IOException {
    try (Scope scope = Scope.open("texts")) {
      byte[] bytes = entry(file, name + TEXTS, DType.U8, scope).toBytes();
      int[] lengths = entry(file, name + LENGTHS, DType.I32, scope).toInts();
      List<String> texts = new ArrayList<>(lengths.length);
      int at = 0;
      for (int length : lengths) {
        if (length < 0 || length > bytes.length - at) {
          throw new IOException(
              "%s: '%s' has a length of %d, %d bytes are left in '%s'"
                  .formatted(file.path(), name + LENGTHS, length, bytes.length - at, name + TEXTS));
        }
        ByteBuffer text = ByteBuffer.wrap(bytes, at, length);
        texts.add(StandardCharsets.UTF_8.newDecoder().decode(text).toString());
        at += length;
      }
      if (at < bytes.length) {
        throw new IOException(
            "%s: '%s' has %d bytes, '%s' speaks of %d"
                .formatted(file.path(), name + TEXTS, bytes.length, name + LENGTHS, at));
      }
      return texts;
    } catch (CharacterCodingException foreign) {
      throw new IOException(file.path() + ": '" + name + TEXTS + "' is not UTF-8", foreign);
    }
  }

  /** An entry of one axis and this type. */
  static Tensor entry(Safetensors file, String name, DType dtype, Scope scope) throws IOException {
    Spec spec = file.spec(name);
    if (spec != null && (!spec.dtype().equals(dtype) || spec.shape().rank() != 1)) {
      throw new IOException(
          "%s: entry '%s' is %s, %s of one axis expected"
              .formatted(file.path(), name, spec, dtype));
    }
    return file.read(name, scope);
  }
}
