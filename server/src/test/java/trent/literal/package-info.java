/**
 * The policy language and KMS's decision once more, written from the specification alone: slow,
 * literal and plain, to be compared with the engine.
 *
 * <p>Shares nothing with {@code language} and {@code access} but the shapes in which they are asked.
 * Source: AWS IAM User Guide, "IAM JSON policy reference" and "Policy evaluation logic"; AWS KMS
 * Developer Guide, "Authentication and access control for AWS KMS".
 */
@NullMarked
package trent.literal;

import org.jspecify.annotations.NullMarked;
