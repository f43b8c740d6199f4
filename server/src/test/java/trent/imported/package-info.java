@NullMarked
package trent.imported;

import org.jspecify.annotations.NullMarked;
