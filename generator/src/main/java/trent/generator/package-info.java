/**
 * Turns the service model into the sources of {@code trent.api}, at build time.
 *
 * <p>What the public model lacks stands in {@code recorded.json}. Documentation texts of the model
 * are not copied. Anything in a model that this generator does not understand stops the build.
 */
@NullMarked
package trent.generator;

import org.jspecify.annotations.NullMarked;
