/**
 * Samples and labels: data sets, their order and the batches made of them; tables, series and texts
 * as data sets; scalers and categories fitted on them; the files of the MNIST family.
 *
 * <p>A data set is immutable and may be shared by threads; batches belong to one thread. Order is a
 * pure function of a random stream. What is fitted on data is kept as entries of a safetensors
 * file: it holds numbers bit for bit, {@link dev.lanewise.nn.data.Transforms} puts it into the file
 * of the weights, and there is one format to read. Uses tensors and {@code io}.
 */
package dev.lanewise.nn.data;
