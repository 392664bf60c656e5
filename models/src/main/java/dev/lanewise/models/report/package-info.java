/**
 * Pictures of what a model does, and the report of a training run: one HTML file that needs no
 * other. Uses {@code nn} and {@code nn.inspect}; used by the command line.
 */
package dev.lanewise.models.report;
