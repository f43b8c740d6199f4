package trent.language;

import java.util.Map;
import trent.Principals;
import trent.language.Policy.Kind;

/** Policies as tests write them. */
final class Policies {

    /** Whom ARNs stood for when the policies were written. */
    static final Map<String, String> IDS =
            Map.of(
                    "arn:aws:iam::111122223333:user/Alice",
                            Principals.id("AIDA", "111122223333Alice"),
                    "arn:aws:iam::111122223333:user/Bob", Principals.id("AIDA", "111122223333Bob"),
                    "arn:aws:iam::111122223333:user/issuer",
                            Principals.id("AIDA", "111122223333issuer"),
                    "arn:aws:iam::111122223333:role/app", Principals.id("AROA", "111122223333app"),
                    "arn:aws:iam::111122223333:role/team/app",
                            Principals.id("AROA", "111122223333team app"),
                    "arn:aws:sts::111122223333:assumed-role/app/s1",
                            Principals.id("AROA", "111122223333app") + ":s1",
                    "arn:aws:sts::111122223333:federated-user/Fred", "111122223333:Fred");

    private Policies() {}

    static Policy of(Kind kind, String json) {
        try {
            return Policy.compile(json, kind, Asked.VOCABULARY, IDS::get);
        } catch (PolicySyntaxException e) {
            throw new AssertionError(e.problem() + " " + e.text() + " in " + json, e);
        }
    }
}
