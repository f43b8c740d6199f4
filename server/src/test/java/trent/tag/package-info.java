@NullMarked
package trent.tag;

import org.jspecify.annotations.NullMarked;
