/** The {@code lanewise} command: one file per subcommand. Nobody uses it but the shell. */
package dev.lanewise.models.cli;
