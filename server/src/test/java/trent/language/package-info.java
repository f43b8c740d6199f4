/** Tests of the policy language. */
@NullMarked
package trent.language;

import org.jspecify.annotations.NullMarked;
