@NullMarked
package trent.iam;

import org.jspecify.annotations.NullMarked;
