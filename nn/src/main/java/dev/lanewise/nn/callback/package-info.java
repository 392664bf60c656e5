/**
 * Ready-made listeners of a training run, with the names and the meaning they have in Keras: they
 * stop it, change its learning rate, save its weights, write down its numbers.
 *
 * <p>Each is an object for one run at a time; when it is given to another it starts anew, unless
 * that run is resumed. Epochs count from one. Uses {@code nn}, which does not use it. Open to
 * everyone.
 */
package dev.lanewise.nn.callback;
