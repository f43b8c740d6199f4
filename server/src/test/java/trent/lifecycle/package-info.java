@NullMarked
package trent.lifecycle;

import org.jspecify.annotations.NullMarked;
