package trent.language;

import trent.call.Principal;

/** What policies are asked about: may this principal do this to that? */
public interface Request extends Facts {

    Principal principal();

    /** For example {@code kms:Decrypt}. */
    String action();

    /** An ARN, or {@code *} for an action on no resource. */
    String resource();
}
