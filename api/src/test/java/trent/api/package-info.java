@NullMarked
package trent.api;

import org.jspecify.annotations.NullMarked;
