/**
 * The STS API as types, generated from the service model: only the operations that exist here, and
 * what they reach. Source: the service model sts-2011-06-15 and the AWS Query protocol.
 */
@NullMarked
package trent.api.sts;

import org.jspecify.annotations.NullMarked;
