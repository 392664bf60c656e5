/**
 * Losses: how far predictions are from labels, as one differentiable number.
 *
 * <p>A loss that expects probabilities goes back to the operand of the softmax or sigmoid that made
 * them wherever that is known, so nothing is lost to rounding. Uses tensors only.
 */
package dev.lanewise.nn.loss;
