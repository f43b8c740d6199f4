/**
 * Algorithms over bytes, composed of reviewed primitives.
 *
 * <p>Uses nothing of Trent but AWS's names of specs and algorithms; knows no KMS key, caller or
 * policy, and is proved by published vectors.
 */
@NullMarked
package trent.crypto;

import org.jspecify.annotations.NullMarked;
