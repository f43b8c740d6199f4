@NullMarked
package trent.ops;

import org.jspecify.annotations.NullMarked;
