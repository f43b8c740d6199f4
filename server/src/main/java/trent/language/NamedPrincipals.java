package trent.language;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.language.Policy.Named;
import trent.language.PolicyReader.PrincipalName;
import trent.name.AccountId;

/**
 * Whom a statement names, by ids that are never given out again. Source: AWS IAM User Guide, "AWS
 * JSON policy elements: Principal" and "… NotPrincipal".
 */
final class NamedPrincipals {

    /** With more names than this a hash is faster than comparing one by one. */
    private static final int FEW = 8;

    private static final String PROVIDER = "oidc-provider/";

    /** Whether these are the ones who are not meant. */
    private final boolean not;

    private final boolean star;
    private final String[] few;
    private final Set<String> many;

    /** Providers of identities: the part after the partition of their ARNs, or hosts. */
    private final Set<String> providers;

    NamedPrincipals(List<PrincipalName> names, boolean not, PrincipalIds ids) {
        this.not = not;
        boolean all = false;
        Set<String> found = new HashSet<>();
        Set<String> federated = new HashSet<>();
        for (PrincipalName name : names) {
            switch (name.kind()) {
                case AWS -> {
                    all |= name.value().equals("*");
                    String id = idOf(name.value(), ids);
                    if (id != null) {
                        found.add(id);
                    }
                }
                case FEDERATED -> {
                    // Never an id: it would stand for a user or an account.
                    if (name.value().startsWith("arn:")
                            || (name.value().indexOf(':') < 0 && name.value().indexOf('.') >= 0)) {
                        federated.add(withoutPartition(name.value()));
                    }
                }
                // Nobody who calls this server is a service or an S3 user.
                case SERVICE, CANONICAL_USER -> {}
            }
        }
        star = all;
        few = found.size() <= FEW ? found.toArray(String[]::new) : new String[0];
        many = found.size() <= FEW ? Set.of() : found;
        providers = federated.isEmpty() ? Set.of() : federated;
    }

    private static @Nullable String idOf(String name, PrincipalIds ids) {
        if (name.equals("*")) {
            return null;
        }
        if (!name.startsWith("arn:")) {
            return name; // an account, or an id already
        }
        String[] parts = name.split(":", 6);
        return parts[5].equals("root") ? parts[4] : ids.idOf(name);
    }

    /** How an Allow names the caller: a set of {@link Named#bit}. */
    int allowed(Principal caller) {
        if (caller.kind() == Principal.Kind.NOBODY) {
            return 0;
        }
        if (not) {
            return star || names(caller) != 0 || isOfProvider(caller) ? 0 : Named.STAR.bit();
        }
        int ways = names(caller);
        return star || isOfProvider(caller) ? ways | Named.STAR.bit() : ways;
    }

    /** Whether a Deny means the caller. */
    boolean denied(Principal caller) {
        if (!not) {
            return star || names(caller) != 0 || isOfProvider(caller);
        }
        if (star || isOfProvider(caller)) {
            return false;
        }
        List<String> ids = caller.answersTo();
        int listed = 0;
        for (int i = 0; i < ids.size(); i++) {
            listed += has(ids.get(i)) ? 1 : 0;
        }
        // A session of a role is spared only if all that it answers to is listed; everybody else if
        // he is: an account beside him, as AWS wants it there, spares nobody else of it.
        return caller.kind() == Principal.Kind.ROLE_SESSION
                ? listed < ids.size()
                : ids.isEmpty() || !has(ids.getFirst());
    }

    private int names(Principal caller) {
        List<String> ids = caller.answersTo();
        int ways = 0;
        for (int i = 0; i < ids.size(); i++) {
            if (has(ids.get(i))) {
                ways |= way(caller, i).bit();
            }
        }
        return ways;
    }

    private static Named way(Principal caller, int index) {
        String id = caller.answersTo().get(index);
        // Also of a federated user whose session an account's root issued.
        if (id.equals(caller.account().value())) {
            return Named.ACCOUNT;
        }
        if (caller.kind() == Principal.Kind.USER) {
            return Named.USER;
        }
        return index == 0 ? Named.SESSION : Named.ROLE;
    }

    private boolean has(String id) {
        for (String each : few) {
            if (each.equals(id)) {
                return true;
            }
        }
        return !many.isEmpty() && many.contains(id);
    }

    private boolean isOfProvider(Principal caller) {
        if (providers.isEmpty()) {
            return false;
        }
        Session session = caller.session();
        if (session != null && session.federatedProvider() != null) {
            String provider = withoutPartition(session.federatedProvider());
            int host = provider.indexOf(PROVIDER);
            if (providers.contains(provider)
                    || (host >= 0
                            && providers.contains(provider.substring(host + PROVIDER.length())))) {
                return true;
            }
        }
        List<String> ids = caller.answersTo();
        for (int i = 0; i < ids.size(); i++) {
            if (providers.contains(withoutPartition(ids.get(i)))) {
                return true;
            }
        }
        return false;
    }

    /** One identity acts in every partition, under that partition's ARN. */
    private static String withoutPartition(String name) {
        int partition = name.startsWith("arn:") ? name.indexOf(':', 4) : -1;
        return partition < 0 ? name : name.substring(partition);
    }

    /** Whether it names someone in particular. */
    boolean specific() {
        return !not && !star;
    }

    long bytes() {
        long sum = 48;
        for (String each : few) {
            sum += 4 + Sizes.of(each);
        }
        sum += many.isEmpty() ? 0 : Sizes.of(many);
        return sum + (providers.isEmpty() ? 0 : Sizes.of(providers));
    }

    /** Whether a name is an account, or the id of a user or role. */
    static boolean isId(String name) {
        if (AccountId.isValid(name)) {
            return true;
        }
        if (!name.startsWith("AIDA") && !name.startsWith("AROA")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return name.length() >= 16 && name.length() <= 128;
    }
}
