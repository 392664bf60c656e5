package dev.lanewise.nn.data;

import dev.lanewise.tensor.DType;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Spec;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A text as a sequence of character ids, to learn which character comes next.
 *
 * <p>Immutable; threads may share it.
 */
public final class CharacterText {
  /**
   * A text in two parts.
   *
   * @param train the first part
   * @param validation the rest
   */
  public record Split(CharacterText train, CharacterText validation) {}

  private final CharacterVocabulary vocabulary;
  private final int[] ids;

  private CharacterText(CharacterVocabulary vocabulary, int[] ids) {
    this.vocabulary = vocabulary;
    this.ids = ids;
  }

  /** A text with the characters that occur in it. */
  public static CharacterText of(String text) {
    return of(CharacterVocabulary.of(text), text);
  }

  /**
   * A text in the characters of a vocabulary.
   *
   * @throws IllegalArgumentException if it has others
   */
  public static CharacterText of(CharacterVocabulary vocabulary, String text) {
    return new CharacterText(vocabulary, vocabulary.encode(text));
  }

  /**
   * Reads a file in UTF-8.
   *
   * @throws IOException if it cannot be read, is empty or is no text in UTF-8
   */
  public static CharacterText read(Path path) throws IOException {
    try {
      String text = Files.readString(path);
      if (text.isEmpty()) {
        throw new IOException(path + ": empty: a text expected");
      }
      return of(text);
    } catch (CharacterCodingException foreign) {
      throw new IOException(path + ": no text in UTF-8", foreign);
    }
  }

  /** The characters and their ids. */
  public CharacterVocabulary vocabulary() {
    return vocabulary;
  }

  /** How many characters the text has. */
  public int size() {
    return ids.length;
  }

  /** The ids of all characters, as a fresh array. */
  public int[] ids() {
    return ids.clone();
  }

  /**
   * The text cut in two at a position, the vocabulary shared: the first {@code fraction} of it and
   * the rest.
   */
  public Split split(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "characterText: split at " + fraction + ": between 0 and 1 expected");
    }
    int at = (int) Math.round(ids.length * fraction);
    return new Split(
        new CharacterText(vocabulary, Arrays.copyOf(ids, at)),
        new CharacterText(vocabulary, Arrays.copyOfRange(ids, at, ids.length)));
  }

  /** Windows that begin at every character; see {@link #windows(int, int)}. */
  public DataSet windows(int length) {
    return windows(length, 1);
  }

  /**
   * Windows of {@code length} characters, each with the characters that follow one place on:
   * features and labels i32 {@code [length]}.
   *
   * @param stride characters from one window to the next
   * @throws IllegalArgumentException if the text is too short for one window
   */
  public DataSet windows(int length, int stride) {
    if (length < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "characterText: windows of length %d, stride %d: at least 1 each"
              .formatted(length, stride));
    }
    long size = Windows.count(ids.length, length + 1L, stride);
    if (size == 0) {
      throw new IllegalArgumentException(
          "characterText: %d characters, more than the length of a window, %d, expected"
              .formatted(ids.length, length));
    }
    Rows rows = Rows.of(Shape.scalar(), ids);
    Spec spec = Spec.of(DType.I32, Shape.of(length));
    return new Windows(rows, rows, length, 1, length, stride, size, spec, spec);
  }
}
