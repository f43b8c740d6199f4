package trent.access;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.call.Call;
import trent.identity.Subject;
import trent.language.ConditionKey;

/** A call of IAM or STS as policies see it, or one that is only imagined. */
final class ServiceRequest extends CallRequest {

    /** What of the call counts, where the facts say nothing else. */
    enum Known {
        /** All. */
        CALL,
        /** All but who calls: who signed nothing becomes somebody only by what is asked. */
        CALL_OF_NOBODY,
        /** Who calls and when, but not from where: nobody has called. */
        CALLER,
        /** When only. */
        MOMENT
    }

    private final InstantSource clock;
    private final String action;
    private final String resource;
    private final ServiceFacts facts;

    private final Known known;

    ServiceRequest(
            Call call,
            @Nullable Subject subject,
            InstantSource clock,
            String action,
            String resource,
            ServiceFacts facts,
            Known known) {
        super(call, subject);
        this.clock = clock;
        this.action = action;
        this.resource = resource;
        this.facts = facts;
        this.known = known;
    }

    @Override
    public String action() {
        return action;
    }

    @Override
    public String resource() {
        return resource;
    }

    @Override
    InstantSource clock() {
        return clock;
    }

    @Override
    public int count(ConditionKey key) {
        List<String> given = facts.of(key.name());
        if (given != null) {
            return given.size();
        }
        return counts(key) ? super.count(key) : ABSENT;
    }

    private boolean counts(ConditionKey key) {
        return switch (known) {
            case CALL -> true;
            case CALL_OF_NOBODY -> !tellsOfCaller(key);
            case CALLER -> !tellsWhence(key);
            case MOMENT -> !tellsOfCaller(key) && !tellsWhence(key);
        };
    }

    @Override
    public String value(ConditionKey key, int index) {
        List<String> given = facts.of(key.name());
        return given == null ? super.value(key, index) : given.get(index);
    }

    private static boolean tellsOfCaller(ConditionKey key) {
        return key instanceof ConditionKeys.Named(Fact fact, _, _, _)
                && switch (fact) {
                    case MULTI_FACTOR_AUTH_AGE,
                            MULTI_FACTOR_AUTH_PRESENT,
                            PRINCIPAL_ACCOUNT,
                            PRINCIPAL_ARN,
                            PRINCIPAL_IS_AWS_SERVICE,
                            PRINCIPAL_TAG,
                            PRINCIPAL_TYPE,
                            SOURCE_IDENTITY,
                            TOKEN_ISSUE_TIME,
                            USERID,
                            USERNAME ->
                            true;
                    default -> false;
                };
    }

    private static boolean tellsWhence(ConditionKey key) {
        return key instanceof ConditionKeys.Named(Fact fact, _, _, _)
                && switch (fact) {
                    case REFERER, SECURE_TRANSPORT, SOURCE_IP, USER_AGENT, VIA_AWS_SERVICE -> true;
                    default -> false;
                };
    }

    @Override
    int countOf(ConditionKeys.Named key) {
        return ABSENT;
    }

    @Override
    String valueOf(ConditionKeys.Named key, int index) {
        throw new IllegalArgumentException("the request has no " + key.name());
    }
}
