@NullMarked
package trent.store;

import org.jspecify.annotations.NullMarked;
