package trent.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import trent.access.ConditionKeys;
import trent.call.Principal;
import trent.language.CompiledPolicies;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.Vocabulary;
import trent.name.AccountId;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityPolicies.Version;
import trent.store.HeapShare;
import trent.store.Store;
import trent.store.Tx;

/** What is remembered of identities, and what it holds. */
@Timeout(120)
class StoredIdentitiesTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final String SMALL =
            """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*",\
            "Condition":{"StringEquals":{"aws:userid":"x"}}}}\
            """;

    private final Store store = Store.inMemory(new SecureRandom()::nextBytes);

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** In memory a store has one reader: who compiles while it reads keeps it from all others. */
    @Test
    void policiesAreCompiledAfterTheRead() {
        AtomicInteger asked = new AtomicInteger();
        StoredIdentities identities =
                identities(
                        name -> {
                            int found =
                                    CompletableFuture.supplyAsync(
                                                    () ->
                                                            store.read(
                                                                    tx ->
                                                                            tx.entities()
                                                                                    .count(
                                                                                            ACCOUNT,
                                                                                            EntityKind
                                                                                                    .USER)))
                                            .orTimeout(30, TimeUnit.SECONDS)
                                            .join();
                            asked.addAndGet(found);
                            return ConditionKeys.VOCABULARY.key(name);
                        });
        boolean _ =
                store.write(
                        tx -> {
                            Entity user = user(tx, 0, null);
                            tx.entityPolicies().putInline(user, "p", SMALL);
                            return true;
                        });
        assertThat(Objects.requireNonNull(identities.of(principal(0))).policies()).hasSize(1);
        assertThat(asked).as("other readers were served meanwhile").hasPositiveValue();
    }

    /** Policies and boundaries of their own: each counts with all that it holds. */
    @Test
    void managedPoliciesAndBoundariesCount() throws PolicySyntaxException {
        StoredIdentities identities = identities(ConditionKeys.VOCABULARY);
        int users = 3 * fitting();
        boolean _ =
                store.write(
                        tx -> {
                            for (int i = 0; i < users; i++) {
                                Entity attached = managed(tx, "attached", i);
                                Entity boundary = managed(tx, "boundary", i);
                                Entity user = user(tx, i, boundary.id());
                                boolean _ = tx.entityPolicies().attach(user, attached.id());
                            }
                            return true;
                        });
        long most = 0;
        for (int i = 0; i < users; i++) {
            Subject subject = Objects.requireNonNull(identities.of(principal(i)));
            assertThat(subject.policies()).hasSize(1);
            assertThat(subject.boundary()).isNotNull();
            most = Math.max(most, identities.heldBytes());
            assertThat(identities.heldBytes()).isLessThanOrEqualTo(HeapShare.IDENTITIES.bytes());
        }
        assertThat(most).as("it was filled").isGreaterThan(HeapShare.IDENTITIES.bytes() / 2);
    }

    @Test
    void whatAllHaveCountsOnce() throws PolicySyntaxException {
        StoredIdentities identities = identities(ConditionKeys.VOCABULARY);
        int users = 3 * fitting();
        boolean _ =
                store.write(
                        tx -> {
                            Entity attached = managed(tx, "attached", 0);
                            for (int i = 0; i < users; i++) {
                                boolean _ =
                                        tx.entityPolicies()
                                                .attach(user(tx, i, null), attached.id());
                            }
                            return true;
                        });
        List<Subject> first = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            first.add(Objects.requireNonNull(identities.of(principal(i))));
        }
        assertThat(identities.heldBytes())
                .isLessThan(HeapShare.IDENTITIES.bytes())
                .isLessThan(users * large().bytes() / 2);
        for (int i = 0; i < users; i++) {
            assertThat(identities.of(principal(i))).as("still known").isSameAs(first.get(i));
        }
    }

    /** How many users with a large policy of their own the share holds. */
    private static int fitting() throws PolicySyntaxException {
        return Math.toIntExact(HeapShare.IDENTITIES.bytes() / large().bytes());
    }

    private static Policy large() throws PolicySyntaxException {
        return new CompiledPolicies(ConditionKeys.VOCABULARY, 0)
                .of(document("attached0"), Policy.Kind.IDENTITY, Map.of());
    }

    private static String document(String name) {
        return IntStream.range(0, 150)
                .mapToObj(i -> "\"arn:aws:kms:*:*:key/" + name + "-" + i + "*\"")
                .collect(
                        Collectors.joining(
                                ",",
                                "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                                        + "\"Action\":\"kms:*\",\"Resource\":[",
                                "]}}"));
    }

    private StoredIdentities identities(Vocabulary vocabulary) {
        return new StoredIdentities(store, new CompiledPolicies(vocabulary, 1 << 20), true);
    }

    private static Entity user(Tx tx, int number, @Nullable String boundary) {
        Entity user =
                Entity.created(ACCOUNT, EntityKind.USER, "AIDA" + number, "u" + number, "/", START)
                        .withBoundary(boundary);
        boolean _ = tx.entities().insert(user);
        return user;
    }

    private static Entity managed(Tx tx, String name, int number) {
        Entity policy =
                Entity.created(
                                ACCOUNT,
                                EntityKind.POLICY,
                                "ANPA" + name + number,
                                name + number,
                                "/",
                                START)
                        .asPolicy(null);
        boolean _ = tx.entities().insert(policy);
        tx.entityPolicies().addVersion(policy, new Version(1, document(name + number), START));
        return policy;
    }

    private static Principal principal(int number) {
        return Principal.user(ACCOUNT, "aws", "/", "u" + number, "AIDA" + number, null);
    }
}
