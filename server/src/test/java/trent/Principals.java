package trent;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.name.AccountId;

/** Principals as tests name them: by ARN, with ids that follow from their names. */
public final class Principals {

    private Principals() {}

    /** The user Alice of an account. */
    public static Principal alice(AccountId account) {
        return of(account, "arn:aws:iam::" + account + ":user/Alice");
    }

    /** A root, a user, a role's session or a federated user; the ids are made of the names. */
    public static Principal of(AccountId account, String arn) {
        String[] parts = arn.split(":", 6);
        String partition = parts[1];
        String[] path = parts[5].split("/", -1);
        String name = path[path.length - 1];
        return switch (path[0]) {
            case "root" -> Principal.root(account, partition);
            case "user" -> {
                String before =
                        parts[5].substring("user".length(), parts[5].length() - name.length());
                yield Principal.user(
                        account, partition, before, name, id("AIDA", account + name), null);
            }
            case "assumed-role" ->
                    Principal.roleSession(
                            account,
                            partition,
                            "/",
                            path[1],
                            id("AROA", account + path[1]),
                            session(name));
            case "federated-user" ->
                    Principal.federatedUser(
                            account, partition, id("AIDA", account + "issuer"), session(name));
            default -> throw new IllegalArgumentException(arn);
        };
    }

    /** An id that follows from the name, case and all. */
    public static String id(String prefix, String name) {
        String digits = Integer.toString(name.hashCode() & Integer.MAX_VALUE, 32);
        return prefix + ("2".repeat(17) + letters(digits)).substring(letters(digits).length());
    }

    private static String letters(String digits) {
        return digits.toUpperCase(Locale.ROOT)
                .replace('0', 'W')
                .replace('1', 'X')
                .replace('8', 'Y')
                .replace('9', 'Z');
    }

    private static Session session(@Nullable String name) {
        return new Session(
                name,
                Instant.parse("2026-01-02T03:04:05Z"),
                Instant.parse("2026-01-02T04:04:05Z"),
                Map.of(),
                Set.of(),
                null,
                null,
                false,
                null,
                List.of(),
                null);
    }
}
