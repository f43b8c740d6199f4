@NullMarked
package trent.grant;

import org.jspecify.annotations.NullMarked;
