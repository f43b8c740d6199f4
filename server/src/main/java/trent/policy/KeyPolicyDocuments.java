package trent.policy;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.access.ConditionKeys;
import trent.api.InvalidArnException;
import trent.api.MalformedPolicyDocumentException;
import trent.api.ServiceException;
import trent.identity.PrincipalNames;
import trent.language.CompiledPolicies;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.PrincipalTexts;
import trent.name.Region;
import trent.store.Policies.Stored;
import trent.store.PolicyCompiler;

/**
 * The documents of key policies: checked when they are written, compiled when they are asked, shown
 * as they were written. Source: AWS KMS Developer Guide, "Key policies in AWS KMS".
 */
public record KeyPolicyDocuments(PrincipalNames principals, CompiledPolicies compiled)
        implements PolicyCompiler {

    private static final Logger LOG = LoggerFactory.getLogger(KeyPolicyDocuments.class);

    /** A policy that may be given to a key, compiled and as it is to be stored. */
    record Checked(Policy policy, Stored stored) {}

    /**
     * Reads a policy for a key in this Region.
     *
     * @throws MalformedPolicyDocumentException if it is no policy, or names principals that there
     *     are not
     * @throws InvalidArnException if a principal is no ARN of a principal
     */
    Checked check(String document, Region region) {
        Map<String, String> ids = new HashMap<>();
        try {
            Policy policy =
                    Policy.compile(
                            document,
                            Policy.Kind.KEY,
                            ConditionKeys.VOCABULARY,
                            arn -> {
                                @Nullable String id = principals.idOf(arn);
                                if (id != null) {
                                    ids.put(arn, id);
                                }
                                return id;
                            });
            Policy.requireTexts(document);
            for (String principal : policy.principals()) {
                if (!principals.mayBeNamed(principal, region.partition())) {
                    throw invalidPrincipal();
                }
            }
            return new Checked(policy, new Stored(document, ids));
        } catch (PolicySyntaxException e) {
            throw worded(e);
        }
    }

    /** What a policy of the store says; one that cannot be read any more says nothing. */
    @Override
    public Policy compile(Stored policy) {
        try {
            return compiled.of(policy.document(), Policy.Kind.KEY, policy.ids());
        } catch (PolicySyntaxException e) {
            LOG.atError()
                    .addKeyValue("problem", e.problem())
                    .log(
                            "a key policy of the store is no policy: it allows nothing and denies nothing");
            return Policy.NOTHING;
        }
    }

    /** As GetKeyPolicy shows it: who is gone is shown by the id that remains of him. */
    String shown(Stored policy, Region region) {
        if (policy.ids().isEmpty()) {
            return policy.document();
        }
        return PrincipalTexts.replaced(
                policy.document(),
                principal -> {
                    String id = policy.ids().get(principal);
                    return id == null
                            ? principal
                            : principals.shownAs(id, principal, region.partition());
                });
    }

    private static ServiceException worded(PolicySyntaxException e) {
        return switch (e.problem()) {
            case VERSION -> malformed("The policy must contain a valid version string");
            case NO_STATEMENT -> malformed("Could not parse the policy: Statement is empty!");
            case EFFECT -> malformed("Invalid effect in policy.");
            case NO_PRINCIPAL -> malformed("Policy contains a statement with no principal.");
            case PRINCIPAL -> invalidPrincipal();
            case PRINCIPAL_ARN ->
                    new InvalidArnException("An ARN in the specified key policy is invalid.");
            case FOR_ALL_VALUES_OF_SINGLE ->
                    malformed(
                            "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition"
                                    + " key matches requests without the specified [encryption context or tag] or with"
                                    + " an unspecified [encryption context or tag]. To fix, remove ForAllValues.");
            case NOT_JSON,
                    SYNTAX,
                    PRINCIPAL_NOT_ALLOWED,
                    NO_ACTION,
                    NO_RESOURCE,
                    RESOURCE_NOT_ALLOWED,
                    ACTION_VENDOR,
                    ACTION_COLONS,
                    ACTION_VENDOR_INVALID,
                    RESOURCE_ARN,
                    RESOURCE_PARTITION,
                    RESOURCE_VENDOR,
                    LEGACY_PARSING,
                    SID,
                    SID_TWICE ->
                    malformed("Syntax errors in policy.");
        };
    }

    private static MalformedPolicyDocumentException invalidPrincipal() {
        return malformed("Policy contains a statement with one or more invalid principals.");
    }

    private static MalformedPolicyDocumentException malformed(String message) {
        return new MalformedPolicyDocumentException(message);
    }
}
