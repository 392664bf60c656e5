/**
 * Files of tensors: safetensors, npy and npz.
 *
 * <p>Readers trust nothing that a file claims before they have checked it, hold no more memory than
 * the file has bytes (unpacked, in the case of npz), and answer every malformed file with an {@link
 * java.io.IOException} that names the file, what was expected and what was found. Writers replace a
 * file as a whole or not at all. Uses tensors only.
 */
package dev.lanewise.nn.io;
