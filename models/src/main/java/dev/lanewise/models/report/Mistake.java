package dev.lanewise.models.report;

import java.awt.image.BufferedImage;

/**
 * A sample that a model took for something else.
 *
 * @param picture of the sample
 * @param truth what it is
 * @param said what the model took it for
 * @param probability how sure it was of that, from 0 to 1
 */
public record Mistake(BufferedImage picture, String truth, String said, double probability) {}
