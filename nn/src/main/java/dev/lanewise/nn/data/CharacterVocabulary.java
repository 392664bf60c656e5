package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * The characters of a text, numbered in the order of their code points.
 *
 * <p>A character is a code point of Unicode. Immutable; threads may share it.
 */
public final class CharacterVocabulary implements Transform {
  private static final String CHARACTERS = ".characters";

  /** Ascending, each once. */
  private final int[] characters;

  private CharacterVocabulary(int[] characters) {
    this.characters = characters;
  }

  /**
   * The characters that occur in a text.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static CharacterVocabulary of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("characterVocabulary: the text is empty");
    }
    return new CharacterVocabulary(text.codePoints().sorted().distinct().toArray());
  }

  /** How many characters there are; their ids are below. */
  public int size() {
    return characters.length;
  }

  /** All characters, in the order of their ids. */
  public String characters() {
    return new String(characters, 0, characters.length);
  }

  /**
   * The ids of a text's characters.
   *
   * @throws IllegalArgumentException if one is not in the vocabulary
   */
  public int[] encode(String text) {
    int[] ids = text.codePoints().toArray();
    for (int i = 0; i < ids.length; i++) {
      int id = Arrays.binarySearch(characters, ids[i]);
      if (id < 0) {
        throw new IllegalArgumentException(
            "characterVocabulary: '%s' (U+%04X) at character %d is none of the %d known"
                .formatted(Character.toString(ids[i]), ids[i], i, characters.length));
      }
      ids[i] = id;
    }
    return ids;
  }

  /**
   * The text of these ids.
   *
   * @throws IllegalArgumentException if one is no id
   */
  public String decode(int... ids) {
    StringBuilder text = new StringBuilder(ids.length);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= characters.length) {
        throw new IllegalArgumentException(
            "characterVocabulary: id %d in place %d: from 0 to %d expected"
                .formatted(ids[i], i, characters.length - 1));
      }
      text.appendCodePoint(characters[ids[i]]);
    }
    return text.toString();
  }

  /** What a safetensors file keeps of it: {@code name.characters}, i32 code points by id. */
  @Override
  public Map<String, Tensor> entries(String name, Scope scope) {
    return Map.of(name + CHARACTERS, scope.tensor(Shape.of(characters.length), characters));
  }

  /**
   * Reads what {@link #entries} gave.
   *
   * @throws IOException if the file does not have it
   */
  public static CharacterVocabulary read(Safetensors file, String name) throws IOException {
    try (Scope scope = Scope.open("vocabulary")) {
      String entry = name + CHARACTERS;
      int[] characters = StoredTexts.entry(file, entry, DType.I32, scope).toInts();
      int before = -1;
      for (int character : characters) {
        if (character <= before || !Character.isValidCodePoint(character)) {
          throw new IOException(
              "%s: entry '%s': %d after %d: ascending code points expected"
                  .formatted(file.path(), entry, character, before));
        }
        before = character;
      }
      if (characters.length == 0) {
        throw new IOException(file.path() + ": entry '" + entry + "' is empty");
      }
      return new CharacterVocabulary(characters);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CharacterVocabulary that && Arrays.equals(characters, that.characters);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(characters);
  }

  @Override
  public String toString() {
    return "CharacterVocabulary(" + size() + " characters)";
  }
}
