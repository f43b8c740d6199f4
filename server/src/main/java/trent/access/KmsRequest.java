package trent.access;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import trent.access.KmsActions.Row;
import trent.call.Attestation;
import trent.call.Call;
import trent.identity.Subject;
import trent.name.AliasArn;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.store.Alias;
import trent.store.Grant;
import trent.store.Key;

/**
 * A call of KMS as policies see it: the facts of its action, looked up only when a condition asks
 * for them. One object for a check, since every Encrypt makes one.
 */
final class KmsRequest extends CallRequest implements Decisions.Grants {

    private static final String IMAGE = "imagesha384";
    private static final String REGISTER = "pcr";
    private static final String TPM_REGISTER = "nitrotpmpcr";

    private final Sources sources;
    private final Row row;
    private final Details details;
    private final @Nullable Key key;
    private final @Nullable Arn about;
    private @Nullable String resource;
    private @Nullable Map<String, String> tags;
    private @Nullable List<Alias> aliases;

    private KmsRequest(
            Call call,
            @Nullable Subject subject,
            Sources sources,
            Row row,
            Details details,
            @Nullable Key key,
            @Nullable Arn about,
            @Nullable String resource) {
        super(call, subject);
        this.sources = sources;
        this.row = row;
        this.details = details;
        this.key = key;
        this.about = about;
        this.resource = resource;
    }

    /** About a key. */
    static KmsRequest on(
            Key key,
            Call call,
            @Nullable Subject subject,
            Sources sources,
            Row row,
            Details details) {
        return new KmsRequest(call, subject, sources, row, details, key, key.arn(), null);
    }

    /** About a key that is not in the store yet. */
    static KmsRequest onNew(
            Key key,
            Map<String, String> tags,
            Call call,
            @Nullable Subject subject,
            Sources sources,
            Row row,
            Details details) {
        KmsRequest request = on(key, call, subject, sources, row, details);
        request.tags = tags;
        request.aliases = List.of();
        return request;
    }

    /** About an alias. */
    static KmsRequest on(
            AliasArn alias,
            Call call,
            @Nullable Subject subject,
            Sources sources,
            Row row,
            Details details) {
        return new KmsRequest(call, subject, sources, row, details, null, alias, null);
    }

    /** About {@code *}, or what is neither a key nor an alias. */
    static KmsRequest on(
            String resource,
            Call call,
            @Nullable Subject subject,
            Sources sources,
            Row row,
            Details details) {
        return new KmsRequest(call, subject, sources, row, details, null, null, resource);
    }

    /**
     * About a key of which nothing may be told: the same whether it exists or not.
     *
     * @param named the ARN that the request has; null where a ciphertext names the key
     */
    static KmsRequest hidden(
            @Nullable Arn named,
            Call call,
            @Nullable Subject subject,
            Sources sources,
            Row row,
            Details details) {
        String resource =
                switch (named) {
                    case KeyArn key -> key.toString();
                    // Patterns for all keys match it, and the ARN of no key does.
                    case AliasArn alias ->
                            anyKey(call, alias.region().value(), alias.account().value());
                    case Arn.Everything _ -> "*";
                    case null -> anyKey(call, call.region().value(), "");
                };
        Row telling = row.withoutAttributes();
        return new KmsRequest(call, subject, sources, telling, details, null, named, resource);
    }

    private static String anyKey(Call call, String region, String account) {
        return "arn:" + call.region().partition() + ":kms:" + region + ":" + account + ":key/";
    }

    @Override
    InstantSource clock() {
        return sources.clock();
    }

    @Override
    public String action() {
        return row.name();
    }

    @Override
    public String resource() {
        if (resource == null) {
            resource = String.valueOf(about);
        }
        return resource;
    }

    @Override
    public @Nullable Grant allowing(String granteeId) {
        if (key == null || row.grantable() == null) {
            return null;
        }
        List<Grant> grants = sources.keys().grantsFor(key.arn(), granteeId);
        for (int i = 0; i < grants.size(); i++) {
            if (GrantMatch.allows(grants.get(i), row.grantable(), details)) {
                return grants.get(i);
            }
        }
        return null;
    }

    @Override
    int countOf(ConditionKeys.Named asked) {
        Fact fact = asked.fact();
        if ((row.facts() & fact.bit()) == 0) {
            return ABSENT;
        }
        return switch (fact) {
            case ENCRYPTION_CONTEXT -> countInAnyCase(details.encryptionContext(), asked.member());
            case ENCRYPTION_CONTEXT_KEYS -> {
                Map<String, String> context = details.encryptionContext();
                yield context == null || context.isEmpty() ? ABSENT : context.size();
            }
            case REQUEST_TAG -> countInAnyCase(details.requestTags(), asked.member());
            case TAG_KEYS -> {
                List<String> keys = details.tagKeys();
                yield keys == null || keys.isEmpty() ? ABSENT : keys.size();
            }
            case RESOURCE_TAG -> countInAnyCase(tags(), asked.member());
            case RESOURCE_ALIASES -> {
                int count = aliases().size();
                yield count == 0 ? ABSENT : count > sources.aliasesPerKey() ? UNKNOWN : count;
            }
            case GRANT_OPERATIONS -> {
                int count = details.values(Detail.GRANT_OPERATIONS).size();
                yield count == 0 ? ABSENT : count;
            }
            default -> single(asked) == null ? ABSENT : 1;
        };
    }

    @Override
    String valueOf(ConditionKeys.Named asked, int index) {
        String value =
                switch (asked.fact()) {
                    case ENCRYPTION_CONTEXT ->
                            valueInAnyCase(details.encryptionContext(), asked.member(), index);
                    case ENCRYPTION_CONTEXT_KEYS -> keyAt(details.encryptionContext(), index);
                    case REQUEST_TAG ->
                            valueInAnyCase(details.requestTags(), asked.member(), index);
                    case TAG_KEYS -> tagKeyAt(index);
                    case RESOURCE_TAG -> valueInAnyCase(tags(), asked.member(), index);
                    case RESOURCE_ALIASES -> aliases().get(index).arn().name().value();
                    case GRANT_OPERATIONS -> details.values(Detail.GRANT_OPERATIONS).get(index);
                    default -> single(asked);
                };
        if (value == null) {
            throw new IllegalArgumentException("the request has no " + asked.name());
        }
        return value;
    }

    /** Of a fact with one value at most; null if there is none. */
    private @Nullable String single(ConditionKeys.Named asked) {
        return switch (asked.fact()) {
            case CALLER_ACCOUNT -> call().account().value();
            case RESOURCE_ACCOUNT ->
                    switch (about) {
                        case KeyArn arn -> arn.account().value();
                        case AliasArn alias -> alias.account().value();
                        case Arn.Everything _ -> null;
                        case null -> null;
                    };
            case KEY_ORIGIN -> key == null ? detail(Detail.KEY_ORIGIN) : key.origin().wire();
            case KEY_SPEC, CUSTOMER_MASTER_KEY_SPEC ->
                    key == null ? detail(Detail.KEY_SPEC) : key.spec().wire();
            case KEY_USAGE, CUSTOMER_MASTER_KEY_USAGE ->
                    key == null ? detail(Detail.KEY_USAGE) : key.usage().wire();
            case MULTI_REGION -> multiRegion();
            case MULTI_REGION_KEY_TYPE -> multiRegionKeyType();
            case RECIPIENT_ATTESTATION -> register(asked.member());
            // No service of AWS calls here on somebody's behalf.
            case GRANT_IS_FOR_AWS_RESOURCE -> text(false);
            case BYPASS_POLICY_LOCKOUT_SAFETY_CHECK ->
                    detail(Detail.BYPASS_POLICY_LOCKOUT_SAFETY_CHECK);
            case DATA_KEY_PAIR_SPEC -> detail(Detail.DATA_KEY_PAIR_SPEC);
            case ENCRYPTION_ALGORITHM -> detail(Detail.ENCRYPTION_ALGORITHM);
            case EXPIRATION_MODEL -> detail(Detail.EXPIRATION_MODEL);
            case GRANT_CONSTRAINT_TYPE -> detail(Detail.GRANT_CONSTRAINT_TYPE);
            case GRANTEE_PRINCIPAL -> detail(Detail.GRANTEE_PRINCIPAL);
            case KEY_AGREEMENT_ALGORITHM -> detail(Detail.KEY_AGREEMENT_ALGORITHM);
            case MAC_ALGORITHM -> detail(Detail.MAC_ALGORITHM);
            case MESSAGE_TYPE -> detail(Detail.MESSAGE_TYPE);
            case PRIMARY_REGION -> detail(Detail.PRIMARY_REGION);
            case RE_ENCRYPT_ON_SAME_KEY -> detail(Detail.RE_ENCRYPT_ON_SAME_KEY);
            case REPLICA_REGION -> detail(Detail.REPLICA_REGION);
            case REQUEST_ALIAS -> detail(Detail.REQUEST_ALIAS);
            case RETIRING_PRINCIPAL -> detail(Detail.RETIRING_PRINCIPAL);
            case ROTATION_PERIOD_IN_DAYS -> detail(Detail.ROTATION_PERIOD_IN_DAYS);
            case SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS ->
                    detail(Detail.SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS);
            case SIGNING_ALGORITHM -> detail(Detail.SIGNING_ALGORITHM);
            case TRAILING_DAYS_WITHOUT_KEY_USAGE -> detail(Detail.TRAILING_DAYS_WITHOUT_KEY_USAGE);
            case VALID_TO -> detail(Detail.VALID_TO);
            case WRAPPING_ALGORITHM -> detail(Detail.WRAPPING_ALGORITHM);
            case WRAPPING_KEY_SPEC -> detail(Detail.WRAPPING_KEY_SPEC);
            default -> null;
        };
    }

    private @Nullable String detail(Detail detail) {
        return details.value(detail, key);
    }

    private @Nullable String multiRegion() {
        if (key != null) {
            return text(key.multiRegion());
        }
        String asked = detail(Detail.MULTI_REGION);
        return asked == null ? text(false) : asked;
    }

    private @Nullable String multiRegionKeyType() {
        if (key == null) {
            return detail(Detail.MULTI_REGION_KEY_TYPE);
        }
        return key.multiRegion() ? key.primary() ? "PRIMARY" : "REPLICA" : null;
    }

    /** What an attestation document says under a name such as {@code PCR3}. */
    private @Nullable String register(String anyCase) {
        Attestation attestation = call().attestation();
        if (attestation == null) {
            return null;
        }
        if (anyCase.equalsIgnoreCase(IMAGE)) {
            return attestation.imageSha384();
        }
        String prefix =
                attestation.platform() == Attestation.Platform.NITRO_TPM ? TPM_REGISTER : REGISTER;
        if (!anyCase.regionMatches(true, 0, prefix, 0, prefix.length())) {
            return null;
        }
        SortedMap<Integer, String> registers = attestation.registers();
        for (Map.Entry<Integer, String> register : registers.entrySet()) {
            if (anyCase.substring(prefix.length()).equals(register.getKey().toString())) {
                return register.getValue();
            }
        }
        return null;
    }

    /** The key's, or of a key that is yet to be made those that the request gives it. */
    private @Nullable Map<String, String> tags() {
        if (tags == null) {
            tags = key == null ? details.requestTags() : sources.keys().tagsOf(key.arn());
        }
        return tags;
    }

    private List<Alias> aliases() {
        if (aliases == null) {
            aliases = key == null ? List.of() : sources.keys().aliasesOf(key.arn());
        }
        return aliases;
    }

    private String tagKeyAt(int index) {
        List<String> keys = details.tagKeys();
        if (keys == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return keys.get(index);
    }
}
