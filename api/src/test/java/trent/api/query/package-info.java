@NullMarked
package trent.api.query;

import org.jspecify.annotations.NullMarked;
