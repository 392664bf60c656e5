/**
 * Looking inside a model: what its weights and gradients are like, and which parts of an input a
 * prediction rests on.
 *
 * <p>Everything here computes and gives tensors and numbers; pictures are made elsewhere. All
 * methods run the model as it predicts and leave it as it was. Uses {@code nn}, {@code layer},
 * {@code loss} and {@code weight}; open to everyone.
 */
package dev.lanewise.nn.inspect;
