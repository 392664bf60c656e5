/**
 * The named tensors of a network and where they come from: made by an initialiser or read from a
 * file, through one and the same door, {@link dev.lanewise.nn.weight.Weights}.
 *
 * <p>Random values depend on the seed and the weight's full name, nothing else. Uses {@code io}.
 */
package dev.lanewise.nn.weight;
