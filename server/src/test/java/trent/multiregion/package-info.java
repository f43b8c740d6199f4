@NullMarked
package trent.multiregion;

import org.jspecify.annotations.NullMarked;
