/**
 * Signature Version 4: who signed a request, checked before anything else is believed.
 *
 * <p>Uses {@code identity} and {@code name}; knows no HTTP server, JSON, operation or key. Source:
 * AWS IAM User Guide, "AWS Signature Version 4 for API requests".
 */
@NullMarked
package trent.wire.signature;

import org.jspecify.annotations.NullMarked;
