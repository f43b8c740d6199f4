package trent.use;

import java.util.List;
import trent.api.DryRunModifierType;
import trent.api.DryRunOperationException;

/**
 * A request that is only to be checked. Source: AWS KMS Developer Guide, "Test your permissions".
 */
public final class DryRun {

    private DryRun() {}

    /** Whether it is a dry run that asks for the permission only, whatever the ciphertext is. */
    static boolean ignoresCiphertext(boolean dryRun, List<DryRunModifierType> modifiers) {
        return dryRun && modifiers.contains(DryRunModifierType.IGNORE_CIPHERTEXT);
    }

    /** Ends a dry run that got this far. */
    public static void end(boolean dryRun) {
        if (dryRun) {
            throw new DryRunOperationException(
                    "The request would have succeeded, but the DryRun option is set.");
        }
    }
}
