package dev.lanewise.nn;

import static dev.lanewise.nn.layer.Activation.RELU;
import static dev.lanewise.nn.layer.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.data.DataSet;
import dev.lanewise.nn.layer.Conv2D;
import dev.lanewise.nn.layer.Dense;
import dev.lanewise.nn.layer.Flatten;
import dev.lanewise.nn.layer.Input;
import dev.lanewise.nn.layer.MaxPooling2D;
import dev.lanewise.nn.loss.SparseCategoricalCrossentropy;
import dev.lanewise.nn.metric.Accuracy;
import dev.lanewise.nn.optimizer.Adam;
import org.junit.jupiter.api.Test;

class ModelTest {
  @Test
  void aPerceptronLearnsSpirals() {
    DataSet train = Synthetic.spirals(900, 1);
    DataSet test = Synthetic.spirals(300, 2);
    try (Model model =
        Sequential.of(
                Input.of(2),
                Dense.of(32).activation(RELU),
                Dense.of(32).activation(RELU),
                Dense.of(3).activation(SOFTMAX))
            .compile(Adam.of(1e-2), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      History history = model.fit(train, Fit.epochs(40).batch(32).validation(test));
      System.out.println(history.last());
      assertTrue(model.evaluate(test).value("accuracy") > 0.95);
    }
  }

  @Test
  void aConvolutionalNetworkLearnsBars() {
    DataSet train = Synthetic.bars(800, 12, 1);
    DataSet test = Synthetic.bars(200, 12, 2);
    try (Model model =
        Sequential.of(
                Input.of(12, 12, 1),
                Conv2D.of(8, 3).activation(RELU),
                MaxPooling2D.of(2),
                Conv2D.of(16, 3).activation(RELU),
                MaxPooling2D.of(2),
                Flatten.of(),
                Dense.of(4).activation(SOFTMAX))
            .compile(Adam.of(3e-3), SparseCategoricalCrossentropy.of(), Accuracy.of())) {
      History history = model.fit(train, Fit.epochs(6).batch(32).validation(test));
      System.out.println(history);
      System.out.println(model.summary());
      assertTrue(model.evaluate(test).value("accuracy") > 0.9);
    }
  }
}
