/**
 * AWS STS: temporary credentials for roles, users and federated users, one class for each
 * operation.
 *
 * <p>Uses {@code access}, {@code identity} and {@code name}; knows nothing of HTTP, XML or SQL, and
 * stores nothing: all that a session is stands in its token. Source: AWS STS API Reference; AWS IAM
 * User Guide, "Temporary security credentials in IAM".
 */
@NullMarked
package trent.sts;

import org.jspecify.annotations.NullMarked;
