/**
 * Whether a caller may do something, and why.
 *
 * <p>Uses {@code name}, {@code call}, {@code store} and {@code identity}. Source: AWS KMS Developer
 * Guide, "Authentication and access control".
 */
@NullMarked
package trent.access;

import org.jspecify.annotations.NullMarked;
