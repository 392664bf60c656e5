/**
 * Samples and labels: data sets, their order, the batches made of them, and the files of the MNIST
 * family.
 *
 * <p>A data set is immutable and may be shared by threads; batches belong to one thread. Order is a
 * pure function of a random stream. Uses tensors only.
 */
package dev.lanewise.nn.data;
