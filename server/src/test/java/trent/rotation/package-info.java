@NullMarked
package trent.rotation;

import org.jspecify.annotations.NullMarked;
