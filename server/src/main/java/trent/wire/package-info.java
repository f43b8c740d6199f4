/**
 * HTTP, signatures, awsJson and awsQuery: bytes in, a validated record and its caller out, and
 * back.
 *
 * <p>Knows nothing of keys; what an operation does is behind {@link trent.call.Operation}.
 */
@NullMarked
package trent.wire;

import org.jspecify.annotations.NullMarked;
