@NullMarked
package trent.sts;

import org.jspecify.annotations.NullMarked;
