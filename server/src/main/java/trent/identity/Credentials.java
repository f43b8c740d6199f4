package trent.identity;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.name.AccountId;

/** Whose signatures are taken. */
public sealed interface Credentials {

    /**
     * Anyone's: for development only. The access key id says which account calls, so that a test
     * can be two accounts without setting up either.
     */
    record Anyone() implements Credentials {

        private static final AccountId EVERYBODY = new AccountId("000000000000");

        /**
         * The root of the account that the access key id names with its 12 digits; any other id is
         * the root of account 000000000000.
         */
        public Principal principal(String accessKeyId, String partition) {
            AccountId account =
                    AccountId.isValid(accessKeyId) ? new AccountId(accessKeyId) : EVERYBODY;
            return Principal.root(account, partition);
        }
    }

    /** Those of the access keys given, by access key id; fixed for the life of the server. */
    final class Known implements Credentials {

        private final Map<String, Credential> byAccessKeyId;

        public Known(Map<String, Credential> byAccessKeyId) {
            this.byAccessKeyId = Map.copyOf(byAccessKeyId);
            this.byAccessKeyId.forEach(
                    (id, credential) -> {
                        if (!id.equals(credential.accessKeyId())) {
                            throw new IllegalArgumentException(
                                    "credential " + credential + " filed under " + id);
                        }
                    });
        }

        /** The credential with this access key id, or null if nobody has it. */
        public @Nullable Credential find(String accessKeyId) {
            return byAccessKeyId.get(accessKeyId);
        }
    }
}
