/**
 * What the machine is like, as data: vector width, caches, and the block sizes that follow from
 * them. Reads the machine's own description and the program's settings; measures nothing. Used by
 * everything above the kernels, and by them for block sizes.
 */
package dev.lanewise.cpu;
