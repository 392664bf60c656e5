/**
 * The kernels written with the Vector API, and the decision on the vector width. The only package
 * that names {@code jdk.incubator.vector}: none of its classes is loaded where the module is
 * absent. Reached through {@code Kernels} only.
 */
package dev.lanewise.kernel.simd;
