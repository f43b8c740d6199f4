/**
 * The KMS API as types: one record for each structure, one enum for each closed set of words, one
 * exception for each error, one {@link trent.api.KmsOperation} for each operation.
 *
 * <p>Nearly all of it is generated from the service model. By hand are only the few types that read
 * and write JSON. Knows nothing of HTTP, keys or access. Source: the service model kms-2014-11-01
 * and the AWS JSON 1.1 protocol.
 */
@NullMarked
package trent.api;

import org.jspecify.annotations.NullMarked;
