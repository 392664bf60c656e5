/**
 * Ready models, each a page of readable code, with the data and the pictures they need. Uses {@code
 * nn}; used by {@code cli} and by programs that want a model to start from.
 */
package dev.lanewise.models.zoo;
