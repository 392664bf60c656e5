package dev.lanewise.nn.data;

import dev.lanewise.tensor.Scope;
import dev.lanewise.tensor.Tensor;
import java.util.Map;

/**
 * What is fitted on training data and applied to all data after it: a model is of no use without
 * it. {@link Transforms} keeps it in the model's file. Immutable; threads may share it.
 */
public sealed interface Transform permits Scaler, OneHot, CharacterVocabulary {
  /** What a safetensors file keeps of it, under names that begin with {@code name} and a dot. */
  Map<String, Tensor> entries(String name, Scope scope);
}
