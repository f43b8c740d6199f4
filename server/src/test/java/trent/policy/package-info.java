@NullMarked
package trent.policy;

import org.jspecify.annotations.NullMarked;
