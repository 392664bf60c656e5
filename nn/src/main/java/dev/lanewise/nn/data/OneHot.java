package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Categories by number, and as vectors that are one in the place of the category and zero
 * elsewhere.
 *
 * <p>Immutable; threads may share it.
 */
public final class OneHot implements Transform {
  private final List<String> categories;
  private final Map<String, Integer> numbers = new HashMap<>();

  private OneHot(List<String> categories) {
    this.categories = List.copyOf(categories);
    for (String category : this.categories) {
      if (numbers.put(category, numbers.size()) != null) {
        throw new IllegalArgumentException(
            "oneHot: '" + category + "' twice among " + this.categories);
      }
    }
    if (this.categories.isEmpty()) {
      throw new IllegalArgumentException("oneHot: no categories");
    }
  }

  /** These categories, numbered in this order. */
  public static OneHot of(String... categories) {
    return new OneHot(List.of(categories));
  }

  /** The categories that occur, in alphabetical order (of UTF-16 units). */
  public static OneHot fit(Iterable<String> values) {
    TreeSet<String> distinct = new TreeSet<>();
    values.forEach(distinct::add);
    return new OneHot(new ArrayList<>(distinct));
  }

  /** The categories, in the order of their numbers. */
  public List<String> categories() {
    return categories;
  }

  /** How many categories there are: the length of a vector. */
  public int size() {
    return categories.size();
  }

  /**
   * The number of a category.
   *
   * @throws IllegalArgumentException if it is none
   */
  public int number(String category) {
    int number = find(category);
    if (number < 0) {
      throw new IllegalArgumentException("oneHot: '" + category + "' is none of " + categories);
    }
    return number;
  }

  /** The number of a category, or -1. */
  int find(String category) {
    return numbers.getOrDefault(category, -1);
  }

  /** The category of a number. */
  public String category(int number) {
    if (number < 0 || number >= categories.size()) {
      throw new IllegalArgumentException("oneHot: no number " + number + " among " + categories);
    }
    return categories.get(number);
  }

  /** The vector of a category. */
  public float[] apply(String category) {
    float[] vector = new float[size()];
    vector[number(category)] = 1;
    return vector;
  }

  /** The category with the largest value in a vector, the first of equals. */
  public String inverse(float... vector) {
    if (vector.length != size()) {
      throw new IllegalArgumentException(
          "oneHot: a vector of %d values, one for each of %s expected"
              .formatted(vector.length, categories));
    }
    int largest = 0;
    for (int i = 1; i < vector.length; i++) {
      if (vector[i] > vector[largest]) {
        largest = i;
      }
    }
    return categories.get(largest);
  }

  /**
   * What a safetensors file keeps of it: {@code name.categories}, the texts in UTF-8, and {@code
   * name.lengths}, their numbers of bytes.
   */
  @Override
  public Map<String, Tensor> entries(String name, Scope scope) {
    return StoredTexts.entries(name, categories, scope);
  }

  /**
   * Reads what {@link #entries} gave.
   *
   * @throws IOException if the file does not have it
   */
  public static OneHot read(Safetensors file, String name) throws IOException {
    try {
      return new OneHot(StoredTexts.read(file, name));
    } catch (IllegalArgumentException malformed) {
      throw new IOException(file.path() + ": '" + name + "': " + malformed.getMessage(), malformed);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OneHot that && categories.equals(that.categories);
  }

  @Override
  public int hashCode() {
    return categories.hashCode();
  }

  @Override
  public String toString() {
    return "OneHot" + categories;
  }
}
