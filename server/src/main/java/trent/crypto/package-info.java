/**
 * Algorithms over bytes, composed of reviewed primitives.
 *
 * <p>Uses nothing of Trent; knows no KMS key, caller or policy, and is proved by published vectors.
 */
@NullMarked
package trent.crypto;

import org.jspecify.annotations.NullMarked;
