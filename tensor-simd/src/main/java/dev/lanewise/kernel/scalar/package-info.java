/**
 * The kernels in plain Java: complete and obvious. They are the reference that every other provider
 * is compared with, bit for bit, and the path of a JVM without the vector module. Reached through
 * {@code Kernels} only.
 */
package dev.lanewise.kernel.scalar;
