package trent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import trent.api.CreateKeyRequest;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.TagResourceRequest;
import trent.api.iam.CreateUserRequest;
import trent.api.iam.IamOperation;
import trent.api.iam.Tag;
import trent.api.iam.TagUserRequest;
import trent.call.Call;
import trent.call.Principal;
import trent.name.AccountId;
import trent.name.Region;
import trent.seed.Services;
import trent.store.Store;

/** Changes of keys get through, however many changes of their account's identities there are. */
@Timeout(120)
class IdentityTurnsTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final int STREAMS = 4;
    private static final int CHANGES = 300;

    @Test
    void changesOfKeysGetThroughBesideAStreamOfChangesOfIdentities()
            throws IOException, InterruptedException, ExecutionException {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger identities = new AtomicInteger();
        try (Store store = Store.inMemory(new SecureRandom()::nextBytes);
                ExecutorService streams = Executors.newVirtualThreadPerTaskExecutor()) {
            boolean _ = store.write(tx -> tx.accounts().add(ACCOUNT));
            Services services = SeedingTest.services(store);
            String key =
                    Objects.requireNonNull(
                                    services.kms(
                                                    call(),
                                                    KmsOperation.CREATE_KEY,
                                                    CreateKeyRequest.builder().build())
                                            .keyMetadata())
                            .keyId();
            List<Future<?>> begun = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                String user = "user" + i;
                begun.add(
                        streams.submit(
                                () -> {
                                    change(services, user, ended, identities);
                                    return null;
                                }));
            }
            try {
                for (int i = 0; i < CHANGES || identities.get() < CHANGES; i++) {
                    Empty _ =
                            services.kms(
                                    call(),
                                    KmsOperation.TAG_RESOURCE,
                                    new TagResourceRequest(
                                            key,
                                            List.of(
                                                    new trent.api.Tag(
                                                            "round", String.valueOf(i)))));
                }
            } finally {
                ended.set(true);
            }
            for (Future<?> each : begun) {
                each.get();
            }
        }
        assertThat(identities.get()).as("there was a stream").isGreaterThanOrEqualTo(CHANGES);
    }

    private static void change(
            Services services, String user, AtomicBoolean ended, AtomicInteger identities) {
        services.iam(
                call(),
                IamOperation.CREATE_USER,
                CreateUserRequest.builder().userName(user).build());
        while (!ended.get()) {
            Empty _ =
                    services.iam(
                            call(),
                            IamOperation.TAG_USER,
                            new TagUserRequest(
                                    user,
                                    List.of(
                                            new Tag(
                                                    "round",
                                                    String.valueOf(
                                                            identities.incrementAndGet())))));
        }
    }

    private static Call call() {
        return new Call(Principal.root(ACCOUNT, "aws"), new Region("us-east-2"), "test");
    }
}
