package trent.use;

import trent.api.DryRunOperationException;

/**
 * A request that is only to be checked. Source: AWS KMS Developer Guide, "Test your permissions".
 */
public final class DryRun {

    private DryRun() {}

    /** Ends a dry run that got this far. */
    public static void end(boolean dryRun) {
        if (dryRun) {
            throw new DryRunOperationException(
                    "The request would have succeeded, but the DryRun option is set.");
        }
    }
}
