package trent.key;

/**
 * Limits that AWS sets for each account and Region. Source: AWS KMS Developer Guide, "Quotas".
 *
 * @param aliasesPerKey aliases that one key may have
 * @param tagsPerKey tags that one key may have
 * @param policyBytes length of a key policy in UTF-8
 */
public record Quotas(int aliasesPerKey, int tagsPerKey, int policyBytes) {

    /** AWS's defaults. */
    public static final Quotas DEFAULT = new Quotas(50, 50, 32_768);
}
