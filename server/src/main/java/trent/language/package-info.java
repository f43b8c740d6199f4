/**
 * The policy language: documents in it, compiled once, and what they say of a request.
 *
 * <p>Uses {@code name} and {@code call}; knows no service, no HTTP and no SQL. Source: AWS IAM User
 * Guide, "IAM JSON policy reference".
 */
@NullMarked
package trent.language;

import org.jspecify.annotations.NullMarked;
