/**
 * Losses: how far predictions are from labels, as one differentiable number.
 *
 * <p>A {@link dev.lanewise.nn.loss.Loss} says its terms; the loss of a batch, of each sample, and
 * of weighted samples follow. A loss that expects probabilities goes back to the operand of the
 * softmax or sigmoid that made them wherever that is known, so nothing is lost to rounding. Uses
 * tensors only.
 */
package dev.lanewise.nn.loss;
