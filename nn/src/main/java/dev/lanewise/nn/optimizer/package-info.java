/**
 * Optimizers: rules that move parameters along their gradients.
 *
 * <p>An {@link dev.lanewise.nn.optimizer.Optimizer} is an immutable rule; a {@link
 * dev.lanewise.nn.optimizer.Descent} is that rule at work on the parameters of one model, with its
 * state. The learning rate is a {@link dev.lanewise.nn.optimizer.Schedule}. What is the same around
 * every rule, clipping, weight decay and averages, stands in {@link
 * dev.lanewise.nn.optimizer.Tuned}. Updates are elementwise, in place and fused. Uses {@code
 * weight}.
 */
package dev.lanewise.nn.optimizer;
