@NullMarked
package trent.work;

import org.jspecify.annotations.NullMarked;
