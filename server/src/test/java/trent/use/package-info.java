@NullMarked
package trent.use;

import org.jspecify.annotations.NullMarked;
