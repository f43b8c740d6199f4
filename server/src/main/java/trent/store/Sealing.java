package trent.store;

import trent.seal.Secret;

/** How material is sealed for its row; the root key in production. */
interface Sealing {

    byte[] seal(Secret value, String row);

    Secret open(byte[] sealed, String row);

    /** Seals a material with what must not change beside it. */
    byte[] sealBound(Secret value, byte[] bound);

    Secret openBound(byte[] sealed, byte[] bound, String row);

    /** Whether materials that bind nothing but their row are still taken. */
    boolean takesOldForm();

    /** The number of the next sealed material: higher than any before. */
    long nextSeal();

    /** Whether what no key has any more is looked for and erased; else it is deleted at once. */
    boolean erasesLater();

    /** A sealed material may have lost its key, and is to be erased. */
    void superseded();
}
