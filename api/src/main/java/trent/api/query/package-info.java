/**
 * The AWS Query protocol, which IAM and STS speak: parameters in, XML out, and the errors that both
 * services share. Knows nothing of HTTP. Source: AWS Query protocol, "Common errors" of the IAM API
 * Reference, and recorded replies.
 */
@NullMarked
package trent.api.query;

import org.jspecify.annotations.NullMarked;
