/**
 * The IAM API as types, generated from the service model: only the operations that exist here, and
 * what they reach. Source: the service model iam-2010-05-08 and the AWS Query protocol.
 */
@NullMarked
package trent.api.iam;

import org.jspecify.annotations.NullMarked;
