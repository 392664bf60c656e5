/**
 * Checks for operators, one's own included: how far a result may be from the true one, and whether
 * gradients are right. Needs no test framework; failures are {@link java.lang.AssertionError}s. May
 * use {@code tensor}, {@code tensor.op} and {@code tensor.autograd}; used by tests only.
 */
package dev.lanewise.tensor.check;
