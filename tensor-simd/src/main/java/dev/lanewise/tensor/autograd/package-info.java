/**
 * Reverse-mode differentiation: a walk over the origins of a loss, in tensor expressions. Uses
 * {@code tensor} and {@code tensor.op}; used by training code.
 */
package dev.lanewise.tensor.autograd;
