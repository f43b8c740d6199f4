@NullMarked
package trent.identity.oidc;

import org.jspecify.annotations.NullMarked;
