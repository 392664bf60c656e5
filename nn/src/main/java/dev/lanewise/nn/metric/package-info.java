/** Metrics: numbers that people judge a model by, gathered over many batches. Uses tensors only. */
package dev.lanewise.nn.metric;
