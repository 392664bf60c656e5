/**
 * The layers, with Keras' names, defaults and semantics, channels last.
 *
 * <p>A {@link dev.lanewise.nn.layer.Layer} is an immutable configuration; building it for an input
 * shape asks for its weights and gives a {@link dev.lanewise.nn.layer.Block} that computes. A layer
 * is one file: shape rule, weights and computation stand together, and nothing is registered
 * elsewhere. Shapes in layers have no batch axis; tensors do, in front. Uses {@code weight}.
 */
package dev.lanewise.nn.layer;
