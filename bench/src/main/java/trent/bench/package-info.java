/** JMH benchmarks of the hot path, each beside what it is made of. */
@NullMarked
package trent.bench;

import org.jspecify.annotations.NullMarked;
