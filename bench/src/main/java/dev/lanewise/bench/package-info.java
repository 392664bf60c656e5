/**
 * Measurements: comparisons with peers that run side by side in one process, JMH benchmarks, and
 * the limits of the machine that results are held against. Nobody depends on it.
 */
package dev.lanewise.bench;
