@NullMarked
package trent.generator;

import org.jspecify.annotations.NullMarked;
