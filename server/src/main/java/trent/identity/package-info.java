/**
 * Who calls: principals, and the credentials by which they are known.
 *
 * <p>Uses {@code name} and {@code seal}; knows no HTTP, signature or key. Source: AWS IAM User
 * Guide, "IAM identifiers" and "Manage access keys".
 */
@NullMarked
package trent.identity;

import org.jspecify.annotations.NullMarked;
