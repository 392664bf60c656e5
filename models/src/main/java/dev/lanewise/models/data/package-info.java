/**
 * Data sets of what {@code nn} cannot read because it needs {@code java.desktop}: folders of
 * images. Uses {@code nn}; open to everyone.
 */
package dev.lanewise.models.data;
