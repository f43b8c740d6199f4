/**
 * OpenID Connect: whose identity tokens are believed, and what they say. Nothing of it is loaded
 * before the first token comes.
 *
 * <p>Uses {@code name}, {@code crypto} and the rest of {@code identity}; the only room that calls
 * out, and only to issuers that an account has registered. Source: AWS IAM User Guide, "OIDC
 * federation"; OpenID Connect Core 1.0; RFC 7515, 7517, 7519 and 8725.
 */
@NullMarked
package trent.identity.oidc;

import org.jspecify.annotations.NullMarked;
