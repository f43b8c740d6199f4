package trent.store;

import trent.seal.Secret;

/** How material is sealed for its row; the root key in production. */
interface Sealing {

    byte[] seal(Secret value, String row);

    Secret open(byte[] sealed, String row);
}
