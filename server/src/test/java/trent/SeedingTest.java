package trent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import trent.access.ConditionKeys;
import trent.api.CreateKeyRequest;
import trent.api.KmsOperation;
import trent.api.iam.IamOperation;
import trent.call.Call;
import trent.crypto.Entropy;
import trent.iam.AccessKeyUses;
import trent.identity.SessionTokens;
import trent.identity.StoredCredentials;
import trent.identity.StoredIdentities;
import trent.identity.oidc.HttpsKeys;
import trent.identity.oidc.IssuerKeys;
import trent.key.LatestUses;
import trent.key.LongWork;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.language.CompiledPolicies;
import trent.name.AccountId;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.seed.SeedFile;
import trent.seed.Services;
import trent.store.Account;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Store;
import trent.sts.AssumeRole.Roots;
import trent.wire.Routes;
import trent.work.Lanes;

/** What a seed file says is there after a start, by the operations that callers are answered by. */
class SeedingTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final LongWork WORK = new LongWork(new Lanes(2));
    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("ALICE_SECRET", "alicesecretalicesecretalicesecretalices1");
    private static final int COMPILED_BYTES = 8 << 20;

    private static final String SMALL =
            """
            accounts:
              111122223333:
                policies:
                  - name: look
                    document: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "kms:ListKeys", Resource: "*"}}
                groups:
                  - name: admins
                users:
                  - name: alice
                    tags: {team: blue}
                    groups: [admins]
                    attached: ["arn:aws:iam::111122223333:policy/look"]
                    accessKeys: [{id: AKIAALICEOFEXAMPLE11, secret: alicesecret}]
                    policies:
                      own: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "kms:ListAliases", Resource: "*"}}
                roles:
                  - name: auditor
                    trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}}
                    maxSession: 7200
                keys:
                  - id: 1234abcd-12ab-34cd-56ef-1234567890ab
                    region: us-east-2
                    description: first
                    tags: {team: blue}
                    rotation: 180
                    material: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
                aliases:
                  - {name: alias/blue, region: us-east-2, key: 1234abcd-12ab-34cd-56ef-1234567890ab}
            """;

    private final Store store = Stores.fresh(ENTROPY);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @TempDir private Path folder;

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger("trent.seed")).addAppender(log);
    }

    @AfterEach
    void close() throws IOException {
        ((Logger) LoggerFactory.getLogger("trent.seed")).detachAppender(log);
        store.close();
    }

    // ---- what comes of it

    @Test
    void theExampleOfTheDocumentationIsSownOnce() throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("trent.home"), "docs", "seed.md"));
        Path secret = folder.resolve("root.secret");
        Files.writeString(secret, "rootsecretrootsecretrootsecretrootsecret\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        String example = page.substring(page.indexOf("```yaml\n") + 8, page.indexOf("\n```\n"));

        sow(example, false);

        assertThat(warnings()).isEmpty();
        assertThat(find(EntityKind.USER, "alice")).isNotNull();
        assertThat(store.accessKey("AKIAALICEOFEXAMPLE11").active()).isTrue();
        assertThat(store.accessKey("AKIAROOTOFEXAMPLE111").isRoots()).isTrue();
        assertThat(store.account(new AccountId("444455556666")).listed()).isTrue();

        long commits = store.commits();
        sow(example, true);
        assertThat(store.commits()).as("the second time nothing is written").isEqualTo(commits);
        assertThat(warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            tags: {team: blue}\\n        groups         | tags: {team: red}\\n        groups | user alice of 111122223333: it has other tags
            groups: [admins]                             | groups: []                      | it is in the group admins
            kms:ListKeys                                 | kms:GenerateRandom              | policy look of 111122223333: its default version says something else
            kms:ListAliases                              | kms:ListRetirableGrants         | its policy own says something else
            attached: ["arn:aws:iam::111122223333:policy/look"] | attached: []             | arn:aws:iam::111122223333:policy/look is attached
            maxSession: 7200                             | maxSession: 3600                | role auditor of 111122223333: its longest session is 7200 s
            AWS: "111122223333"                          | AWS: "arn:aws:iam::111122223333:user/alice" | its trust policy is another
            description: first                           | description: second             | its description is another
            rotation: 180                                | rotation: false                 | it is rotated every 180 days
            """)
    void whatDiffersIsToldAndChangedOnlyWhereThatIsAsked(String before, String after, String told)
            throws IOException {
        sow(SMALL, false);
        String other = SMALL.replace(before.translateEscapes(), after.translateEscapes());
        assertThat(other).isNotEqualTo(SMALL);

        long commits = store.commits();
        sow(other, false);
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().getFirst()).contains(told, "--seed-apply", "seed line ");
        assertThat(store.commits()).as("nothing was changed").isEqualTo(commits);

        log.list.clear();
        sow(other, true);
        assertThat(warnings()).isEmpty();
        sow(other, false);
        assertThat(warnings()).as("it is as declared").isEmpty();
    }

    @Test
    void anAliasIsMoved() throws IOException {
        String second = "5678abcd-12ab-34cd-56ef-1234567890ab";
        String both =
                SMALL.replace(
                        "    aliases:",
                        "      - {id: " + second + ", region: us-east-2}\n    aliases:");
        sow(both, false);
        String moved = both.replace("key: 1234abcd-12ab-34cd-56ef-1234567890ab", "key: " + second);
        sow(moved, false);
        assertThat(warnings().getFirst()).contains("it leads to 1234abcd");
        log.list.clear();
        sow(moved, true);
        sow(moved, false);
        assertThat(warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            description: first | spec: HMAC_256\\n        usage: GENERATE_VERIFY_MAC | its spec is SYMMETRIC_DEFAULT
            description: first | origin: EXTERNAL             | its origin is AWS_KMS
            AAECAwQF           | BBECAwQF                     | its material is another
            secret: alicesecret | secret: anothersecret       | has another secret
            """)
    void whatIsNeverChangedStopsTheStart(String before, String after, String told)
            throws IOException {
        sow(SMALL, false);
        String other = SMALL.replace(before, after.translateEscapes());
        assertThat(other).isNotEqualTo(SMALL);
        assertThatThrownBy(() -> sow(other, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(told)
                .hasMessageContaining(", line ");
    }

    @Test
    void whatWasDeletedDoesNotComeBack() throws IOException {
        sow(SMALL, false);
        boolean _ =
                store.write(
                        tx -> {
                            tx.accessKeys()
                                    .delete(
                                            Objects.requireNonNull(
                                                    tx.accessKeys().find("AKIAALICEOFEXAMPLE11")));
                            return true;
                        });
        sow(SMALL, true);
        assertThat(warnings()).singleElement().asString().contains("was deleted");
        assertThat(store.accessKey("AKIAALICEOFEXAMPLE11").isDeleted()).isTrue();
    }

    @Test
    void aDisabledAccountIsLeftAlone() throws IOException {
        sow(SMALL, false);
        boolean _ =
                store.write(
                        tx -> {
                            tx.accounts().put(ACCOUNT, Account.State.DISABLED);
                            return true;
                        });
        sow(SMALL, true);
        assertThat(warnings()).singleElement().asString().contains("is disabled");
        assertThat(store.account(ACCOUNT).state()).isEqualTo(Account.State.DISABLED);
    }

    /** Wherever a start is cut short, the next one makes the rest, and calls nothing a difference. */
    @Test
    void aStartThatWasCutShortIsGoneOnWith() throws IOException {
        int calls = 0;
        boolean whole = false;
        while (!whole) {
            try (Store each = Stores.fresh(ENTROPY)) {
                try {
                    file(SMALL).sow(each, new CutShort(services(each), calls), false);
                    whole = true;
                } catch (Cut _) {
                    calls++;
                }
                file(SMALL).sow(each, services(each), false);
                assertThat(warnings()).as("cut short after %d calls", calls).isEmpty();
                long commits = each.commits();
                file(SMALL).sow(each, services(each), true);
                assertThat(each.commits()).as("after %d calls", calls).isEqualTo(commits);
            }
        }
        assertThat(calls).isGreaterThan(8);
    }

    // ---- what is wrong with it

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                                                        | 1 | is empty
            'accounts: ['                                             | 1 | this is no YAML
            'acounts: {}'                                             | 1 | the seed has no member acounts. It has accounts
            'accounts:\\n  12: {}'                                     | 2 | 12 is no id of an account
            'accounts:\\n  111122223333: []'                           | 2 | an account is a mapping
            'accounts:\\n  111122223333: {}\\n  111122223333: {}'       | 3 | 111122223333 stands here twice
            'accounts:\\n  111122223333:\\n    users: {}'               | 3 | users is a list
            'accounts:\\n  111122223333:\\n    users:\\n    - nam: a'    | 4 | a user has no member nam. It has
            'accounts:\\n  111122223333:\\n    users:\\n    - path: /'   | 4 | a user needs a member name
            'accounts:\\n  111122223333:\\n    users:\\n    - name: [a]' | 4 | name is a text
            'accounts:\\n  111122223333:\\n    users:\\n    - name: ~'   | 4 | name is a text
            'accounts:\\n  111122223333:\\n    users:\\n    - name: a\\n    - name: A' | 5 | the user A stands here twice
            'accounts:\\n  111122223333:\\n    users:\\n    - name: a/b' | 4 | user a/b: ValidationError
            'accounts:\\n  111122223333:\\n    users:\\n    - name: a\\n      groups: [none]' | 4 | user a: NoSuchEntity
            'accounts:\\n  111122223333:\\n    users:\\n    - name: ${NOT_SET}' | 4 | the environment has no NOT_SET
            'accounts:\\n  111122223333:\\n    users:\\n    - name: file:none' | 4 | there is no such file
            'accounts:\\n  111122223333:\\n    users:\\n    - &a {name: a}' | 4 | anchors
            'accounts:\\n  111122223333:\\n    users:\\n    - {name: a, accessKeys: [{id: AKIA, secret: secretsecret}]}' | 4 | 16 to 128
            'accounts:\\n  111122223333:\\n    users:\\n    - {name: a, accessKeys: [{id: AKIAALICEOFEXAMPLE11, secret: s}]}' | 4 | 8 characters
            'accounts:\\n  111122223333:\\n    users:\\n    - {name: a, policies: {p: "no JSON"}}' | 4 | a text that is JSON
            'accounts:\\n  111122223333:\\n    users:\\n    - {name: a, policies: {p: {Statement: 7}}}' | 4 | MalformedPolicyDocument
            'accounts:\\n  111122223333:\\n    roles:\\n    - name: r'   | 4 | a role needs a member trust
            'accounts:\\n  111122223333:\\n    roles:\\n    - {name: r, trust: {}, maxSession: 5}' | 4 | from 3600 to 43200
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: x, region: us-east-2}' | 4 | x is no id of a key
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, region: "?"}' | 4 | is no Region
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, region: us-east-2, spec: AES}' | 4 | no key spec AES
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, region: us-east-2, multiRegion: true}' | 4 | begins with mrk-
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, region: us-east-2, material: "hex:0g"}' | 4 | material is Base64
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, region: us-east-2, material: "hex:00"}' | 4 | IncorrectKeyMaterialException
            'accounts:\\n  111122223333:\\n    keys:\\n    - {id: 1234abcd-12ab-34cd-56ef-1234567890ab, region: us-east-2, rotation: 5}' | 4 | from 90 to 2560
            'accounts:\\n  111122223333:\\n    aliases:\\n    - {name: blue, region: us-east-2, key: 1234abcd-12ab-34cd-56ef-1234567890ab}' | 4 | blue is no name of an alias
            'accounts:\\n  111122223333:\\n    aliases:\\n    - {name: alias/b, region: us-east-2, key: 1234abcd-12ab-34cd-56ef-1234567890ab}' | 4 | NotFoundException
            """)
    void whatIsWrongStopsTheStartWithItsLine(@Nullable String text, int line, String says)
            throws IOException {
        SeedFile file = file(Objects.requireNonNullElse(text, "").translateEscapes());
        assertThatThrownBy(() -> file.sow(store, services(store), true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(says)
                .hasMessageContaining(", line " + line + ":")
                .hasMessageNotContaining("secretsecret")
                .hasMessageNotContaining("0g");
    }

    @Test
    void aFileWithSecretsIsGuardedAsARootKeyIs() throws IOException {
        Path path = file(SMALL).path();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(
                        () -> new SeedFile(path, Map.of(), false).sow(store, services(store), true))
                .hasMessageContaining("the seed is not guarded")
                .hasMessageContaining("chmod 600");
        new SeedFile(path, Map.of(), true).sow(store, services(store), true);
    }

    @Test
    void aFileWithoutSecretsMayBeReadByAll() throws IOException {
        Path path = file("accounts: {111122223333: {users: [{name: a}]}}").path();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        new SeedFile(path, Map.of(), false).sow(store, services(store), true);
        assertThat(find(EntityKind.USER, "a")).isNotNull();
    }

    // ---- the house around it

    private void sow(String text, boolean changes) throws IOException {
        file(text).sow(store, services(store), changes);
    }

    private SeedFile file(String text) throws IOException {
        Path path = folder.resolve("seed.yaml");
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return new SeedFile(path, ENVIRONMENT, false);
    }

    private @Nullable Entity find(EntityKind kind, String name) {
        return store.<@Nullable Entity>read(tx -> tx.entities().find(ACCOUNT, kind, name));
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    static Services services(Store store) {
        InstantSource clock = InstantSource.system();
        CompiledPolicies compiled = new CompiledPolicies(ConditionKeys.VOCABULARY, COMPILED_BYTES);
        StoredIdentities identities = new StoredIdentities(store, compiled, false);
        IdentityTurns turns = new IdentityTurns();
        Operations operations =
                new Operations(
                        store,
                        identities,
                        compiled,
                        false,
                        ENTROPY,
                        clock,
                        clock,
                        Quotas.DEFAULT,
                        new LatestUses(store, clock),
                        Sm2Regions.CHINA,
                        null,
                        WORK,
                        turns);
        IdentityOperations identityOperations =
                new IdentityOperations(
                        operations.access(),
                        store,
                        compiled,
                        operations.names(),
                        identities,
                        new StoredCredentials(store, identities),
                        new SessionTokens(store),
                        new IssuerKeys(new HttpsKeys(null), Map.of(), clock),
                        new AccessKeyUses(store, clock),
                        Roots.MAY_NOT,
                        turns,
                        ENTROPY,
                        clock,
                        clock);
        Routes routes = operations.routes();
        identityOperations.addTo(routes);
        return new Seeding(routes, operations.createKey(), identityOperations.iam(), store);
    }

    /** As when the process dies. */
    private static final class Cut extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    /** Lets so many calls through. */
    private static final class CutShort implements Services {

        private final Services services;
        private int left;

        private CutShort(Services services, int left) {
            this.services = services;
            this.left = left;
        }

        private void count() {
            if (left-- <= 0) {
                throw new Cut();
            }
        }

        @Override
        public <I, O> O kms(Call call, KmsOperation<I, O> operation, I request) {
            count();
            return services.kms(call, operation, request);
        }

        @Override
        public <I, O> O iam(Call call, IamOperation<I, O> operation, I request) {
            count();
            return services.iam(call, operation, request);
        }

        @Override
        public void createKey(
                Call call, CreateKeyRequest request, KeyId id, @Nullable Secret material) {
            count();
            services.createKey(call, request, id, material);
        }

        @Override
        public void createAccessKey(
                Call call, @Nullable String userName, String id, Secret secret) {
            count();
            services.createAccessKey(call, userName, id, secret);
        }
    }
}
