@NullMarked
package trent.crypto.attestation;

import org.jspecify.annotations.NullMarked;
