package trent.store;

import trent.language.Policy;
import trent.store.Policies.Stored;

/** Makes of a key policy as it was written one that can be asked; the same of the same text. */
@FunctionalInterface
public interface PolicyCompiler {

    Policy compile(Stored policy);
}
