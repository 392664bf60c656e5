package dev.lanewise.nn;

import dev.lanewise.nn.layer.Block;
import dev.lanewise.nn.weight.Parameter;
import java.util.List;

/**
 * A built layer in a model.
 *
 * @param name unique in the model
 * @param type of the layer
 * @param block what computes
 * @param parameters its own weights and buffers
 */
record Part(String name, String type, Block block, List<Parameter> parameters) {
  /** How many numbers its weights have. */
  long size() {
    long size = 0;
    for (Parameter parameter : parameters) {
      size += parameter.tensor().size();
    }
    return size;
  }
}
