/**
 * End-to-end tests: the packaged server as a process, driven by real clients over the network.
 *
 * <p>Knows Trent by its command line, its ports and its files only, never by its classes. The
 * everyday suite takes minutes; {@code -Dtrent.all=true} adds the long proofs.
 */
@NullMarked
package trent.clients;

import org.jspecify.annotations.NullMarked;
