package dev.lanewise.nn.data;

import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What was fitted on a model's training data, by name, kept bit for bit in the file of its weights:
 * whoever loads the model treats new data as those that it was trained on. Immutable.
 *
 * <pre>{@code
 * model.save(path, Transforms.of("measures", standardizer).and("species", oneHot));
 * ...
 * Model model = network.read(path);
 * Transforms fitted = Transforms.read(path);
 * Standardizer measures = fitted.get("measures", Standardizer.class);
 * OneHot species = fitted.get("species", OneHot.class);
 * }</pre>
 *
 * <p>In the file, the transform {@code species} has the kind {@code OneHot} under {@code
 * transform.species} in the metadata and its entries under {@code transform.species.*}.
 */
public final class Transforms {
  private static final String PREFIX = "transform.";
  private static final Transforms NONE = new Transforms(Map.of());

  private final Map<String, Transform> transforms;

  private Transforms(Map<String, Transform> transforms) {
    this.transforms = Collections.unmodifiableMap(transforms);
  }

  /** None. */
  public static Transforms none() {
    return NONE;
  }

  /** This one. */
  public static Transforms of(String name, Transform transform) {
    return NONE.and(name, transform);
  }

  /**
   * These and one more.
   *
   * @param name of its own, without a dot
   * @throws IllegalArgumentException if it is none
   */
  public Transforms and(String name, Transform transform) {
    Map<String, Transform> more = new LinkedHashMap<>(transforms);
    if (name.isEmpty() || name.indexOf('.') >= 0 || more.put(name, transform) != null) {
      throw new IllegalArgumentException(
          "transforms: a name of its own without a dot expected: '%s' beside %s"
              .formatted(name, names()));
    }
    return new Transforms(more);
  }

  /** Their names, in order. */
  public Set<String> names() {
    return transforms.keySet();
  }

  /**
   * A transform by its name.
   *
   * @param type what it is: {@code Standardizer.class}, or {@code Scaler.class} for any scaler
   * @throws IllegalArgumentException if there is none of this name, or it is of another type
   */
  public <T extends Transform> T get(String name, Class<T> type) {
    Transform transform = transforms.get(name);
    if (transform == null) {
      throw new IllegalArgumentException("transforms: no '" + name + "' among " + names());
    }
    if (!type.isInstance(transform)) {
      throw new IllegalArgumentException(
          "transforms: '%s' is a %s: %s expected"
              .formatted(name, kind(transform), type.getSimpleName()));
    }
    return type.cast(transform);
  }

  private static String kind(Transform transform) {
    return switch (transform) {
      case Standardizer _ -> "Standardizer";
      case MinMaxScaler _ -> "MinMaxScaler";
      case OneHot _ -> "OneHot";
      case CharacterVocabulary _ -> "CharacterVocabulary";
    };
  }

  /** What a safetensors file keeps of them as tensors. */
  public Map<String, Tensor> entries(Scope scope) {
    Map<String, Tensor> entries = new LinkedHashMap<>();
    transforms.forEach(
        (name, transform) -> entries.putAll(transform.entries(PREFIX + name, scope)));
    return entries;
  }

  /** What a safetensors file keeps of them as metadata: their kinds. */
  public Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    transforms.forEach((name, transform) -> kinds.put(PREFIX + name, kind(transform)));
    return kinds;
  }

  /** The names of a file's entries that belong to transforms and are no weights. */
  public static Set<String> entries(Safetensors file) {
    Set<String> entries = new LinkedHashSet<>();
    for (String entry : file.names()) {
      int end = entry.indexOf('.', PREFIX.length());
      if (entry.startsWith(PREFIX)
          && end > 0
          && file.metadata().containsKey(entry.substring(0, end))) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /**
   * Reads those that a model's file has; none if it was saved without.
   *
   * @throws IOException if the file cannot be read, has a transform of an unknown kind, or lacks an
   *     entry of one or has it in another type or shape
   */
  public static Transforms read(Path path) throws IOException {
    try (Safetensors file = Safetensors.open(path)) {
      Transforms found = NONE;
      for (Map.Entry<String, String> entry : file.metadata().entrySet()) {
        String name = entry.getKey();
        if (name.startsWith(PREFIX)) {
          try {
            found = found.and(name.substring(PREFIX.length()), read(file, name, entry.getValue()));
          } catch (IllegalArgumentException malformed) {
            throw new IOException(path + ": " + malformed.getMessage(), malformed);
          }
        }
      }
      return found;
    }
  }

  private static Transform read(Safetensors file, String name, String kind) throws IOException {
    return switch (kind) {
      case "Standardizer" -> Standardizer.read(file, name);
      case "MinMaxScaler" -> MinMaxScaler.read(file, name);
      case "OneHot" -> OneHot.read(file, name);
      case "CharacterVocabulary" -> CharacterVocabulary.read(file, name);
      default ->
          throw new IOException(
              "%s: '%s' is of no known kind: '%s'".formatted(file.path(), name, kind));
    };
  }

  @Override
  public String toString() {
    return "Transforms" + transforms;
  }
}
