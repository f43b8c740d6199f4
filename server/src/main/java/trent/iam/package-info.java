/**
 * Identities as AWS's own API manages them: users, groups, roles, policies, access keys, providers
 * of web identities. One class for each subject, one method for each operation.
 *
 * <p>Uses {@code name}, {@code call}, {@code store}, {@code identity} and {@code access}; knows
 * nothing of HTTP, XML or SQL. Source: AWS IAM API Reference.
 */
@NullMarked
package trent.iam;

import org.jspecify.annotations.NullMarked;
