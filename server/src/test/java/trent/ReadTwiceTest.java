package trent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.api.iam.CreateUserRequest;
import trent.api.iam.GetAccountAuthorizationDetailsRequest;
import trent.api.iam.IamOperation;
import trent.call.Call;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.name.Region;
import trent.seal.RootKeyFile;
import trent.seed.Services;
import trent.store.PostgresSettings;
import trent.store.Store;
import trent.store.Store.CannotOpen;
import trent.testing.EmbeddedPostgres;

/** A read that other nodes have gone far ahead of runs twice, and answers once. */
@Timeout(120)
@Tag("postgresql")
class ReadTwiceTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final int USERS = 3;

    /** So often the other nodes go ahead: now and then this one follows before it reads. */
    private static final int TIMES = 20;

    @Test
    void eachUserIsListedOnce(@TempDir Path folder) throws IOException, CannotOpen, SQLException {
        String url = EmbeddedPostgres.shared().newDatabase();
        PostgresSettings place = PostgresSettings.of(url);
        RootKeyFile rootKey = new RootKeyFile(folder.resolve("root.key"));
        Store.init(place, rootKey, ENTROPY);
        try (Store store = Store.open(place, rootKey, ENTROPY)) {
            boolean _ = store.write(tx -> tx.accounts().add(ACCOUNT));
            Services services = SeedingTest.services(store);
            for (int i = 0; i < USERS; i++) {
                Object _ =
                        services.iam(
                                call(),
                                IamOperation.CREATE_USER,
                                CreateUserRequest.builder().userName("user" + i).build());
            }
            for (int i = 0; i < TIMES; i++) {
                goAhead(url, i);
                assertThat(
                                services.iam(
                                                call(),
                                                IamOperation.GET_ACCOUNT_AUTHORIZATION_DETAILS,
                                                new GetAccountAuthorizationDetailsRequest(
                                                        List.of(), null, null))
                                        .userDetailList())
                        .extracting(user -> user.userName())
                        .containsExactly("user0", "user1", "user2");
            }
        }
    }

    private static void goAhead(String url, int time) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            boolean _ =
                    statement.execute(
                            """
                            insert into change_feed (position, batch, node, touched)
                            select position + n, 'other %d ' || n, 'other', ''
                            from generate_series(1, 100) n, feed_head;
                            update feed_head set position = position + 100
                            """
                                    .formatted(time));
        }
    }

    private static Call call() {
        return new Call(Principal.root(ACCOUNT, "aws"), new Region("us-east-2"), "test");
    }
}
