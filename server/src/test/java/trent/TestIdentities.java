package trent;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.identity.Identities;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.name.AccountId;

/** Everybody there is: whom an ARN names follows from its text, and has the policies it is given. */
final class TestIdentities implements Identities {

    private final Map<String, Subject> subjects = new ConcurrentHashMap<>();
    private final Map<String, String> arns = new ConcurrentHashMap<>();

    /** From now on the user or role has these policies. */
    void put(String uniqueId, Subject subject) {
        subjects.put(uniqueId, subject);
    }

    @Override
    public Subject of(Principal caller) {
        return caller.isRoot()
                ? Subject.ROOT
                : subjects.getOrDefault(caller.id(), new Subject(Map.of(), List.of(), null));
    }

    @Override
    public List<IdentityPolicy> sessionPolicies(Principal caller) {
        return List.of();
    }

    @Override
    public boolean exists(AccountId account) {
        return true;
    }

    @Override
    public @Nullable String idOf(String arn) {
        String[] parts = arn.split(":", 6);
        if (parts[5].startsWith("role/")) {
            String id =
                    Principals.id(
                            "AROA", parts[4] + parts[5].substring(parts[5].lastIndexOf('/') + 1));
            arns.put(id, arn);
            return id;
        }
        Principal principal = Principals.of(new AccountId(parts[4]), arn);
        arns.put(principal.id(), arn);
        return principal.userId();
    }

    @Override
    public boolean has(String uniqueId) {
        return arns.containsKey(uniqueId);
    }

    @Override
    public @Nullable String arnOf(String uniqueId, String partition) {
        return arns.get(uniqueId);
    }
}
