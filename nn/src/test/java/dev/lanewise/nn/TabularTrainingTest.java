package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.Csv;
import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.data.OneHot;
import dev.lanewise.nn.data.SeriesWindows;
import dev.lanewise.nn.data.Standardizer;
import dev.lanewise.nn.data.Table;
import dev.lanewise.nn.data.Transforms;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.loss.MeanSquaredError;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files of text to what a trained network says about new ones. */
class TabularTrainingTest {
  @TempDir Path directory;

  private static Path file(String name) {
    return TestData.file("datasets/tabular-timeseries/" + name + ".csv");
  }

  @Test
  void irisesAreToldApartByAModelAndWhatWasFittedWithIt() throws IOException {
    Table iris = Csv.withColumns("sl", "sw", "pl", "pw", "species").read(file("iris"));
    OneHot species = OneHot.fit(iris.texts("species"));
    DataSet.Split split =
        iris.features("sl", "sw", "pl", "pw").classes("species", species).split(0.8, 1);
    Standardizer scaler = Standardizer.fit(split.first());
    Network network =
        Sequential.of(Input.of(4), Dense.of(16).activation(RELU), Dense.of(3).activation(SOFTMAX));
    Path file = directory.resolve("iris.safetensors");
    float[][] flowers = {{5.1f, 3.5f, 1.4f, 0.2f}, {5.9f, 3.0f, 5.1f, 1.8f}};
    float[][] predicted;
    try (Model model =
        network.compile(Adam.of(1e-2), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      model.fit(scaler.applyToFeatures(split.first()), Fit.epochs(30).batch(16));
      double accuracy = model.evaluate(scaler.applyToFeatures(split.rest())).value("accuracy");
      assertTrue(accuracy >= 0.9, "accuracy " + accuracy);
      predicted = model.predict(scaled(scaler, flowers));
      model.save(file, Transforms.of("flower", scaler).and("species", species));
    }
    Transforms fitted = Transforms.read(file);
    try (Model model = network.read(file)) {
      Standardizer flower = fitted.get("flower", Standardizer.class);
      float[][] again = model.predict(scaled(flower, flowers));
      assertArrayEquals(predicted, again);
      OneHot names = fitted.get("species", OneHot.class);
      assertEquals("Iris-setosa", names.inverse(again[0]));
      assertEquals("Iris-virginica", names.inverse(again[1]));
    }
  }

  private static float[][] scaled(Standardizer scaler, float[][] rows) {
    return Arrays.stream(rows).map(row -> scaler.apply(row.clone())).toArray(float[][]::new);
  }

  @Test
  void pricesOfHousesAreEstimated() throws IOException {
    String[] columns =
        "crim zn indus chas nox rm age dis rad tax ptratio b lstat medv".split(" ", -1);
    Table housing = Csv.withColumns(columns).read(file("housing"));
    DataSet.Split split =
        housing.features(housing.columnsWithout("medv")).targets("medv").split(0.8, 1);
    Standardizer features = Standardizer.fit(split.first());
    Standardizer price = Standardizer.fitLabels(split.first());
    DataSet train = price.applyToLabels(features.applyToFeatures(split.first()));
    DataSet test = price.applyToLabels(features.applyToFeatures(split.rest()));
    Network network = Sequential.of(Input.of(13), Dense.of(32).activation(RELU), Dense.of(1));
    try (Model model = network.compile(Adam.of(1e-2), MeanSquaredError.of())) {
      model.fit(train, Fit.epochs(40).batch(32));
      double error = Math.sqrt(model.evaluate(test).loss()) * price.deviations()[0];
      // In thousands of dollars; always saying the mean is wrong by nine.
      assertTrue(error < 5, "error " + error);
    }
  }

  @Test
  void passengersOfTheNextMonthAreForecastBetterThanByThisMonths() throws IOException {
    Table table = Csv.withHeader().read(file("airline-passengers"));
    float[] thousands = table.features("Passengers").values();
    for (int i = 0; i < thousands.length; i++) {
      thousands[i] = thousands[i] / 300 - 1;
    }
    // Cut before windows are made: no month of the last three years is learnt from.
    int cut = thousands.length - 36;
    SeriesWindows windows = SeriesWindows.of(13);
    DataSet train = windows.over(Arrays.copyOf(thousands, cut));
    float[] late = Arrays.copyOfRange(thousands, cut - 13, thousands.length);
    double naive = 0;
    for (int i = 13; i < late.length; i++) {
      naive += (late[i] - late[i - 1]) * (late[i] - late[i - 1]) / 36.0;
    }
    Network network = Sequential.of(Input.of(13, 1), Flatten.of(), Dense.of(1));
    try (Model model = network.compile(Adam.of(1e-2), MeanSquaredError.of())) {
      model.fit(train, Fit.epochs(150).batch(16));
      double loss = model.evaluate(windows.over(late)).loss();
      assertTrue(loss < naive / 2, "squared error " + loss + ", by this month's " + naive);
    }
  }
}
