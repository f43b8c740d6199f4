@NullMarked
package trent.testing;

import org.jspecify.annotations.NullMarked;
