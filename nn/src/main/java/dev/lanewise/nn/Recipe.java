package dev.lanewise.nn;

import dev.lanewise.nn.loss.Loss;
import dev.lanewise.nn.metric.Metric;
import dev.lanewise.nn.optimizer.Optimizer;
import java.util.List;

/**
 * What a model was compiled with.
 *
 * @param optimizer moves the weights
 * @param loss is made small
 * @param metrics are reported beside it
 */
public record Recipe(Optimizer optimizer, Loss loss, List<Metric> metrics) {}
