@NullMarked
package trent.alias;

import org.jspecify.annotations.NullMarked;
