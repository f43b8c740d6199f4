package trent.access;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.Subject;
import trent.language.ConditionKey;
import trent.language.Request;

/** A call as policies see it: who calls, from where and when. What it is about, subclasses know. */
abstract class CallRequest implements Request {

    private static final String TRUE = "true";
    private static final String FALSE = "false";

    private final Call call;
    private final @Nullable Subject subject;
    private @Nullable Instant now;

    CallRequest(Call call, @Nullable Subject subject) {
        this.call = call;
        this.subject = subject;
    }

    abstract InstantSource clock();

    /** How many values the request has of a fact that depends on what it is about. */
    abstract int countOf(ConditionKeys.Named key);

    /** One of them. */
    abstract String valueOf(ConditionKeys.Named key, int index);

    final Call call() {
        return call;
    }

    @Override
    public final Principal principal() {
        return call.principal();
    }

    @Override
    public int count(ConditionKey key) {
        if (!(key instanceof ConditionKeys.Named named)) {
            return ABSENT;
        }
        return switch (named.fact()) {
            case PRINCIPAL_TAG -> tag(named.member()) == null ? ABSENT : 1;
            case CURRENT_TIME,
                    EPOCH_TIME,
                    FEDERATED_PROVIDER,
                    MULTI_FACTOR_AUTH_AGE,
                    MULTI_FACTOR_AUTH_PRESENT,
                    PRINCIPAL_ACCOUNT,
                    PRINCIPAL_ARN,
                    PRINCIPAL_IS_AWS_SERVICE,
                    PRINCIPAL_TYPE,
                    REFERER,
                    REQUESTED_REGION,
                    SECURE_TRANSPORT,
                    SOURCE_IDENTITY,
                    SOURCE_IP,
                    TOKEN_ISSUE_TIME,
                    USER_AGENT,
                    USERID,
                    USERNAME,
                    VIA_AWS_SERVICE ->
                    global(named.fact()) == null ? ABSENT : 1;
            default -> countOf(named);
        };
    }

    @Override
    public String value(ConditionKey key, int index) {
        ConditionKeys.Named named = (ConditionKeys.Named) key;
        String value =
                switch (named.fact()) {
                    case PRINCIPAL_TAG -> tag(named.member());
                    default -> global(named.fact());
                };
        return value == null ? valueOf(named, index) : value;
    }

    /** Of those that depend on the caller and the moment only; null if it is absent, or another. */
    private @Nullable String global(Fact fact) {
        Principal caller = call.principal();
        Session session = caller.session();
        boolean signed = caller.kind() != Principal.Kind.NOBODY;
        return switch (fact) {
            case CURRENT_TIME -> now().truncatedTo(ChronoUnit.SECONDS).toString();
            case EPOCH_TIME -> Long.toString(now().getEpochSecond());
            case FEDERATED_PROVIDER -> session == null ? null : session.federatedProvider();
            case MULTI_FACTOR_AUTH_AGE -> sinceMfa(session);
            case MULTI_FACTOR_AUTH_PRESENT ->
                    session == null ? null : text(session.secondsSinceMfa() != null);
            case PRINCIPAL_ACCOUNT -> signed ? caller.account().value() : null;
            case PRINCIPAL_ARN -> signed ? caller.principalArn() : null;
            case PRINCIPAL_IS_AWS_SERVICE -> signed ? FALSE : null;
            case PRINCIPAL_TYPE -> caller.kind().wire();
            case REFERER -> call.origin().referer();
            case REQUESTED_REGION -> call.region().value();
            case SECURE_TRANSPORT -> text(call.origin().secure());
            case SOURCE_IDENTITY -> session == null ? null : session.sourceIdentity();
            case SOURCE_IP -> call.origin().sourceIp();
            case TOKEN_ISSUE_TIME ->
                    session == null
                            ? null
                            : session.issued().truncatedTo(ChronoUnit.SECONDS).toString();
            case USER_AGENT -> call.origin().userAgent();
            case USERID -> signed ? caller.userId() : null;
            case USERNAME -> caller.kind() == Principal.Kind.USER ? caller.name() : null;
            case VIA_AWS_SERVICE -> FALSE;
            default -> null;
        };
    }

    /** A tag of the session, or else of the user or role; their keys differ also without case. */
    private @Nullable String tag(String key) {
        Session session = call.principal().session();
        String ofSession = session == null ? null : inAnyCase(session.tags(), key);
        return ofSession != null || subject == null ? ofSession : inAnyCase(subject.tags(), key);
    }

    private @Nullable String sinceMfa(@Nullable Session session) {
        if (session == null || session.secondsSinceMfa() == null) {
            return null;
        }
        long since = now().getEpochSecond() - session.issued().getEpochSecond();
        return Long.toString(session.secondsSinceMfa() + since);
    }

    /** The same moment for the whole decision. */
    private Instant now() {
        if (now == null) {
            now = clock().instant();
        }
        return now;
    }

    static String text(boolean truth) {
        return truth ? TRUE : FALSE;
    }

    private static @Nullable String inAnyCase(Map<String, String> tags, String key) {
        if (tags.isEmpty()) {
            return null;
        }
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            if (tag.getKey().equalsIgnoreCase(key)) {
                return tag.getValue();
            }
        }
        return null;
    }

    /** How many pairs have this key, in whichever case; {@link #ABSENT} if none has. */
    static int countInAnyCase(@Nullable Map<String, String> pairs, String key) {
        if (pairs == null || pairs.isEmpty()) {
            return ABSENT;
        }
        int count = 0;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            if (pair.getKey().equalsIgnoreCase(key)) {
                count++;
            }
        }
        return count == 0 ? ABSENT : count;
    }

    /** The value of one of them. */
    static String valueInAnyCase(@Nullable Map<String, String> pairs, String key, int index) {
        int left = index;
        if (pairs != null) {
            for (Map.Entry<String, String> pair : pairs.entrySet()) {
                if (pair.getKey().equalsIgnoreCase(key) && left-- == 0) {
                    return pair.getValue();
                }
            }
        }
        throw new IndexOutOfBoundsException(index);
    }

    /** One of a map's keys. */
    static String keyAt(@Nullable Map<String, String> pairs, int index) {
        int left = index;
        if (pairs != null) {
            for (String key : pairs.keySet()) {
                if (left-- == 0) {
                    return key;
                }
            }
        }
        throw new IndexOutOfBoundsException(index);
    }
}
