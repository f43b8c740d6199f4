/**
 * What an operator sees: command line, settings, log, health and metrics.
 *
 * <p>Uses every other room only to start, stop and watch it.
 */
@NullMarked
package trent.ops;

import org.jspecify.annotations.NullMarked;
