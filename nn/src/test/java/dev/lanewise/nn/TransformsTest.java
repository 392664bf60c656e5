package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.callback.ModelCheckpoint;
import dev.lanewise.nn.data.CharacterVocabulary;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.data.MinMaxScaler;
import dev.lanewise.nn.data.OneHot;
import dev.lanewise.nn.data.Scaler;
import dev.lanewise.nn.data.Standardizer;
import dev.lanewise.nn.data.Transforms;
import dev.lanewise.nn.io.Safetensors;
import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.Layer;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.optimizer.Adam;
import dev.lanewise.nn.weight.Initializer;
import dev.lanewise.nn.weight.Parameter;
import dev.lanewise.nn.weight.Weights;
import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What was fitted on training data travels in the model's file. */
class TransformsTest {
  private static final DataSet DATA =
      DataSet.of(
          new float[][] {{1, 10, 7}, {2, 30, 7}, {3, 20, 7}, {6, 40, 7}},
          new float[][] {{0}, {100}, {200}, {300}});
  private static final Network NETWORK = Sequential.of(Input.of(3), Dense.of(1));
  private static final Standardizer MEASURES = Standardizer.fit(DATA);
  private static final MinMaxScaler PRICE = MinMaxScaler.fitLabels(DATA, -1, 1);
  private static final OneHot SPECIES = OneHot.of("b", "", "a \u00e9\ud83d\ude00");
  private static final CharacterVocabulary LETTERS = CharacterVocabulary.of("hello \u4e16");
  private static final Transforms ALL =
      Transforms.of("measures", MEASURES)
          .and("price", PRICE)
          .and("species", SPECIES)
          .and("letters", LETTERS);

  @TempDir Path directory;

  private Path saved(Transforms transforms) throws IOException {
    Path file = directory.resolve("model.safetensors");
    try (Model model = NETWORK.seed(4).build()) {
      model.save(file, transforms);
    }
    return file;
  }

  @Test
  void oneFileHasTheModelAndItsTransforms() throws IOException {
    Path file = saved(ALL);
    Transforms read = Transforms.read(file);
    assertEquals(Set.of("measures", "price", "species", "letters"), read.names());
    Standardizer measures = read.get("measures", Standardizer.class);
    assertArrayEquals(MEASURES.means(), measures.means());
    assertArrayEquals(MEASURES.deviations(), measures.deviations());
    assertEquals(PRICE.toString(), read.get("price", MinMaxScaler.class).toString());
    assertEquals(PRICE.toString(), read.get("price", Scaler.class).toString());
    assertEquals(SPECIES, read.get("species", OneHot.class));
    assertEquals(LETTERS, read.get("letters", CharacterVocabulary.class));
    try (Model saved = NETWORK.seed(4).build();
        Model made = NETWORK.read(file);
        Model loaded = NETWORK.seed(5).build()) {
      loaded.load(file);
      for (Model model : new Model[] {made, loaded}) {
        assertArrayEquals(
            saved.parameter("dense.kernel").tensor().toFloats(),
            model.parameter("dense.kernel").tensor().toFloats());
      }
    }
  }

  @Test
  void aFileWithoutTransformsHasNone() throws IOException {
    Path file = saved(Transforms.none());
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(Set.of(), Transforms.read(file).names());
    try (Model model = NETWORK.read(file)) {
      model.save(file);
    }
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  @Test
  void theBestModelIsSavedWithThem() throws IOException {
    Path file = directory.resolve("best.safetensors");
    try (Model model = NETWORK.compile(Adam.of(0.1), MeanSquaredError.of())) {
      model.fit(DATA, Fit.epochs(1).listener(ModelCheckpoint.of(file).transforms(ALL)));
      model.load(file);
    }
    assertEquals(SPECIES, Transforms.read(file).get("species", OneHot.class));
  }

  private static String error(Executable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }

  @Test
  void namesAndTypesAreChecked() {
    assertEquals(
        "transforms: no 'colour' among [measures, price, species, letters]",
        error(() -> ALL.get("colour", OneHot.class)));
    assertEquals(
        "transforms: 'price' is a MinMaxScaler: Standardizer expected",
        error(() -> ALL.get("price", Standardizer.class)));
    for (String name : new String[] {"", "a.b", "price"}) {
      assertEquals(
          "transforms: a name of its own without a dot expected: '"
              + name
              + "' beside [measures, price, species, letters]",
          error(() -> ALL.and(name, PRICE)));
    }
  }

  @Test
  void aWeightOfTheSameNameIsRefused() throws IOException {
    Path file = directory.resolve("clash.safetensors");
    Network nested =
        Sequential.of(
            Input.of(3), Sequential.of(Input.of(3), Dense.of(1).named("mean")).named("transform"));
    try (Model model = nested.build()) {
      model.save(file, ALL);
      assertEquals(SPECIES, Transforms.read(file).get("species", OneHot.class));
      model.load(file);
    }
    Network clash =
        Sequential.of(
            Input.of(3),
            Sequential.of(Input.of(3), new Means().named("measures")).named("transform"));
    try (Model model = clash.build()) {
      assertEquals(
          "save: a weight and an entry of a transform are both named 'transform.measures.mean':"
              + " [measures, price, species, letters]",
          error(() -> model.save(directory.resolve("other.safetensors"), ALL)));
    }
  }

  /** A layer whose weight is named as the entry of a transform. */
  private record Means() implements Layer {
    @Override
    public Block build(Weights weights, Shape input) {
      Parameter mean = weights.weight("mean", input, Initializer.ONES);
      return Block.of(input, (x, pass) -> x.add(mean.with(x)));
    }
  }

  /** Writes a saved file anew with something changed, and says what reading it is refused with. */
  private String refused(String entry, Tensor tensor, Map<String, String> changes)
      throws IOException {
    Path file = saved(ALL);
    try (Scope scope = Scope.open("change")) {
      Map<String, Tensor> tensors;
      Map<String, String> metadata;
      try (Safetensors read = Safetensors.open(file)) {
        tensors = read.readAll(scope);
        metadata = new LinkedHashMap<>(read.metadata());
      }
      tensors.remove(entry);
      if (tensor != null) {
        tensors.put(entry, tensor);
      }
      metadata.putAll(changes);
      Safetensors.write(file, tensors, metadata);
    }
    String message = assertThrows(IOException.class, () -> Transforms.read(file)).getMessage();
    assertEquals(file + ": ", message.substring(0, file.toString().length() + 2));
    String rest = message.substring(file.toString().length() + 2);
    return rest.contains("; the file has") ? rest.substring(0, rest.indexOf(';')) : rest;
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    try (Scope scope = Scope.open("test")) {
      assertEquals(
          "no entry 'transform.measures.deviation'",
          refused("transform.measures.deviation", null, Map.of()));
      assertEquals(
          "entry 'transform.measures.deviation' has 2 values, 3 expected",
          refused("transform.measures.deviation", scope.tensor(Shape.of(2), 1.0, 2.0), Map.of()));
      assertEquals(
          "entry 'transform.letters.characters' is f32 [1], i32 of one axis expected",
          refused("transform.letters.characters", scope.tensor(Shape.of(1), 1f), Map.of()));
      assertEquals(
          "'transform.measures' is of no known kind: 'Whitener'",
          refused("none", null, Map.of("transform.measures", "Whitener")));
    }
  }

  @Test
  void aNameWithADotIsRefusedInAFileToo() throws IOException {
    Path file = directory.resolve("dot.safetensors");
    try (Scope scope = Scope.open("test")) {
      Safetensors.write(
          file, SPECIES.entries("transform.a.b", scope), Map.of("transform.a.b", "OneHot"));
    }
    assertEquals(
        file + ": transforms: a name of its own without a dot expected: 'a.b' beside []",
        assertThrows(IOException.class, () -> Transforms.read(file)).getMessage());
  }
}
