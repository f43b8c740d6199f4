@NullMarked
package trent.name;

import org.jspecify.annotations.NullMarked;
