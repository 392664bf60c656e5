/**
 * Networks and their training: from layers to a {@link dev.lanewise.nn.Model}, from data to trained
 * weights, from weights to predictions.
 *
 * <p>{@link dev.lanewise.nn.Sequential} describes a network, building it makes a {@code Model},
 * {@link dev.lanewise.nn.Fit} says how it is trained. Nothing here prints: progress goes to a
 * {@link dev.lanewise.nn.FitListener}. A model and all its tensors belong to one thread; only
 * {@link dev.lanewise.nn.Model#compiled} gives something to share.
 *
 * <p>Uses all the packages below it but {@code callback} and {@code inspect}, which use this one.
 * Open to everyone.
 */
package dev.lanewise.nn;
