@NullMarked
package trent.access;

import org.jspecify.annotations.NullMarked;
