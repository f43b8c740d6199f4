package trent.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.Stores;
import trent.api.iam.IamOperation;
import trent.api.query.AccessDenied;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Policy;
import trent.name.AccountId;
import trent.name.Region;
import trent.seal.Secret;
import trent.store.AccessKey;
import trent.store.Account;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.HeapShare;

/** What is known of identities follows each change at once, also under races and restarts. */
@Timeout(120)
class IdentitiesLiveTest {

    private static final String ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
    private static final String DOCUMENT =
            """
            {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}\
            """;

    @TempDir Path folder = Path.of("");

    @Test
    void oneOfManyGetsAName() throws Exception {
        try (People people = new People()) {
            for (int round = 0; round < 20; round++) {
                String name = "user" + round;
                List<String> answers =
                        together(
                                8,
                                i ->
                                        people.tried(
                                                People.root(),
                                                "CreateUser",
                                                "UserName",
                                                i % 2 == 0 ? name : name.toUpperCase(Locale.ROOT)));
                assertThat(answers).filteredOn(answer -> answer.startsWith("<")).hasSize(1);
                assertThat(answers)
                        .filteredOn(answer -> answer.startsWith("EntityAlreadyExists"))
                        .hasSize(7);
            }
        }
    }

    @Test
    void noRaceGivesAThirdAccessKey() throws Exception {
        try (People people = new People()) {
            for (int round = 0; round < 20; round++) {
                String name = "user" + round;
                people.ask("CreateUser", "UserName", name);
                people.ask("CreateAccessKey", "UserName", name);
                List<String> answers =
                        together(
                                4,
                                _ ->
                                        people.tried(
                                                People.root(),
                                                "CreateAccessKey",
                                                "UserName",
                                                name));
                assertThat(answers).filteredOn(answer -> answer.startsWith("<")).hasSize(1);
                assertThat(people.ask("ListAccessKeys", "UserName", name))
                        .contains("AccessKeyMetadata");
                assertThat(
                                People.elements(
                                        people.ask("ListAccessKeys", "UserName", name),
                                        "AccessKeyId"))
                        .hasSize(2);
            }
        }
    }

    @Test
    void whoIsMadeAgainUnderAnOldNameGetsNothingBack() throws Exception {
        try (People people = new People()) {
            String first = People.element(people.ask("CreateUser", "UserName", "alice"), "UserId");
            people.ask("AttachUserPolicy", "UserName", "alice", "PolicyArn", ADMIN);
            people.ask(
                    "TagUser",
                    "UserName",
                    "alice",
                    "Tags.member.1.Key",
                    "a",
                    "Tags.member.1.Value",
                    "1");
            String key =
                    People.element(
                            people.ask("CreateAccessKey", "UserName", "alice"), "AccessKeyId");
            Principal before = people.user("alice");
            assertThat(people.tried(before, "ListUsers")).startsWith("<");

            people.ask("DetachUserPolicy", "UserName", "alice", "PolicyArn", ADMIN);
            people.ask("DeleteAccessKey", "UserName", "alice", "AccessKeyId", key);
            people.ask("DeleteUser", "UserName", "alice");
            assertThat(people.identities().of(before)).isNull();
            assertThat(people.identities().has(first)).isFalse();
            assertThat(people.identities().arnOf(first, "aws")).isNull();
            assertThat(people.store().accessKey(key).active()).isFalse();
            assertThat(people.identities().principal(first, People.ACCOUNT, "aws", null)).isNull();
            assertThat(people.identities().idOf(before.arn())).isNull();

            String second = People.element(people.ask("CreateUser", "UserName", "alice"), "UserId");
            assertThat(second).isNotEqualTo(first);
            assertThat(people.identities().idOf(before.arn())).isEqualTo(second);
            assertThat(people.identities().of(before)).isNull();
            Subject now = Objects.requireNonNull(people.identities().of(people.user("alice")));
            assertThat(now.policies()).isEmpty();
            assertThat(now.tags()).isEmpty();
        }
    }

    /** Somebody else under the name, between the check and the write: it is checked again. */
    @Test
    void whatTheCheckSawMustStillBeSoInTheWrite() throws Exception {
        try (People people = new People()) {
            people.ask("CreateUser", "UserName", "alice");
            people.ask(
                    "PutUserPolicy",
                    "UserName",
                    "alice",
                    "PolicyName",
                    "p",
                    "PolicyDocument",
                    """
                    {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:DeleteUser",
                    "Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"red"}}}}""");
            people.ask(
                    "CreateUser",
                    "UserName",
                    "bob",
                    "Tags.member.1.Key",
                    "team",
                    "Tags.member.1.Value",
                    "red");
            AtomicInteger checks = new AtomicInteger();
            assertThatThrownBy(() -> people.store().checked(() -> deleteBob(people, checks)))
                    .isInstanceOf(AccessDenied.class);
            assertThat(checks).hasValue(2);
            assertThat(people.ask("GetUser", "UserName", "bob")).contains("<UserName>bob<");
        }
    }

    /** Between the first check and its change, bob becomes another one, without tags. */
    private static boolean deleteBob(People people, AtomicInteger checks) {
        return people.calls()
                .change(
                        People.call(people.user("alice")),
                        IamOperation.DELETE_USER,
                        EntityKind.USER,
                        "bob",
                        facts -> {
                            if (checks.getAndIncrement() == 0) {
                                people.ask("DeleteUser", "UserName", "bob");
                                people.ask("CreateUser", "UserName", "bob");
                            }
                            return facts;
                        },
                        (tx, user) -> {
                            tx.entities().delete(user);
                            return true;
                        });
    }

    @Test
    void aSubjectHasItsOwnPoliciesAndThoseOfItsGroups() throws Exception {
        try (People people = new People()) {
            people.ask("CreateUser", "UserName", "alice");
            people.ask("CreateGroup", "GroupName", "devs");
            people.ask("CreatePolicy", "PolicyName", "m", "PolicyDocument", DOCUMENT);
            people.ask("AddUserToGroup", "GroupName", "devs", "UserName", "alice");
            people.ask(
                    "PutUserPolicy",
                    "UserName",
                    "alice",
                    "PolicyName",
                    "own",
                    "PolicyDocument",
                    DOCUMENT);
            people.ask(
                    "PutGroupPolicy",
                    "GroupName",
                    "devs",
                    "PolicyName",
                    "all",
                    "PolicyDocument",
                    DOCUMENT);
            people.ask("AttachGroupPolicy", "GroupName", "devs", "PolicyArn", ADMIN);
            people.ask(
                    "AttachUserPolicy",
                    "UserName",
                    "alice",
                    "PolicyArn",
                    "arn:aws:iam::111122223333:policy/m");
            people.ask(
                    "PutUserPermissionsBoundary",
                    "UserName",
                    "alice",
                    "PermissionsBoundary",
                    ADMIN);
            Subject subject = Objects.requireNonNull(people.identities().of(people.user("alice")));
            assertThat(subject.policies())
                    .extracting(IdentityPolicy::name)
                    .containsExactlyInAnyOrder(
                            "inline policy own",
                            "inline policy all of group devs",
                            ADMIN,
                            "arn:aws:iam::111122223333:policy/m");
            assertThat(Objects.requireNonNull(subject.boundary()).name()).isEqualTo(ADMIN);
            assertThat(people.identities().of(people.user("alice")))
                    .as("the same as long as nothing changes")
                    .isSameAs(subject);
            people.ask("RemoveUserFromGroup", "GroupName", "devs", "UserName", "alice");
            assertThat(
                            Objects.requireNonNull(people.identities().of(people.user("alice")))
                                    .policies())
                    .hasSize(2);
        }
    }

    /** A session policy that was deleted makes its sessions no freer. */
    @Test
    void aSessionPolicyThatIsGoneAllowsNothing() throws Exception {
        try (People people = new People()) {
            people.ask("CreatePolicy", "PolicyName", "m", "PolicyDocument", DOCUMENT);
            people.ask("CreateUser", "UserName", "alice");
            String arn = "arn:aws:iam::111122223333:policy/m";
            Principal user = people.user("alice");
            Session session =
                    new Session(
                            null,
                            People.START,
                            People.START,
                            Map.of(),
                            Set.of(),
                            null,
                            null,
                            false,
                            null,
                            List.of(arn),
                            null);
            Principal caller =
                    Principal.user(People.ACCOUNT, "aws", "/", "alice", user.id(), session);
            assertThat(people.identities().sessionPolicies(caller)).hasSize(1);
            people.ask("DeletePolicy", "PolicyArn", arn);
            assertThat(people.identities().sessionPolicies(caller))
                    .singleElement()
                    .extracting(IdentityPolicy::policy)
                    .isSameAs(Policy.NOTHING);
        }
    }

    @Test
    void aDisabledAccountLetsNobodyIn() throws Exception {
        try (People people = new People()) {
            people.ask("CreateUser", "UserName", "alice");
            Principal alice = people.user("alice");
            set(people, Account.State.DISABLED);
            assertThat(people.identities().of(alice)).isNull();
            assertThat(people.identities().of(People.root())).isNull();
            assertThat(people.identities().exists(People.ACCOUNT)).isFalse();
            set(people, Account.State.ENABLED);
            assertThat(people.identities().of(alice)).isNotNull();
        }
    }

    private static void set(People people, Account.State state) {
        people.store()
                .write(
                        tx -> {
                            tx.accounts().put(People.ACCOUNT, state);
                            return true;
                        });
    }

    /** What was acknowledged is there after the store is opened again; secrets never in clear. */
    @Test
    void identitiesOutliveARestart() throws Exception {
        String key;
        String secret;
        Stores.Place place = Stores.in(folder);
        try (People people = new People(place.open(People.ENTROPY), IamQuotas.DEFAULT)) {
            people.ask("CreateUser", "UserName", "alice", "Path", "/a/");
            people.ask("AttachUserPolicy", "UserName", "alice", "PolicyArn", ADMIN);
            String made = people.ask("CreateAccessKey", "UserName", "alice");
            key = People.element(made, "AccessKeyId");
            secret = People.element(made, "SecretAccessKey");
            people.uses().note(key, "kms", new Region("eu-west-1"));
            assertThat(people.ask("GetAccessKeyLastUsed", "AccessKeyId", key))
                    .contains("<ServiceName>kms<", "<Region>eu-west-1<");
            assertThat(people.uses().flush().failed()).isZero();
        }
        try (People people = new People(place.open(People.ENTROPY), IamQuotas.DEFAULT)) {
            assertThat(people.tried(people.user("alice"), "GetUser")).contains("user/a/alice");
            AccessKey kept = people.store().accessKey(key);
            Secret opened = Objects.requireNonNull(kept.secret());
            assertThat(opened.<String>read(bytes -> new String(bytes, StandardCharsets.US_ASCII)))
                    .isEqualTo(secret);
            assertThat(kept.active()).isTrue();
            assertThat(people.ask("GetAccessKeyLastUsed", "AccessKeyId", key))
                    .contains("<UserName>alice<", "<ServiceName>kms<", "<Region>eu-west-1<");
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .doesNotContain(secret);
                }
            }
        }
    }

    /** What is remembered of many is bounded, and an account's limit is kept inside the write. */
    @Test
    void tenThousandUsersStayWithinTheirShare() throws Exception {
        int each = Boolean.getBoolean("trent.all") ? 5000 : 1000;
        try (People people = new People()) {
            List<Principal> users = new ArrayList<>();
            for (AccountId account : List.of(People.ACCOUNT, People.OTHER)) {
                fill(people, account, each, users);
            }
            long before = used();
            for (Principal user : users) {
                assertThat(people.identities().of(user)).isNotNull();
                assertThat(people.identities().idOf(user.arn())).isEqualTo(user.id());
            }
            long share =
                    HeapShare.IDENTITIES.bytes()
                            + HeapShare.IDENTITY_NAMES.bytes()
                            + HeapShare.ACCOUNTS.bytes();
            assertThat(used() - before).isLessThan(share * 5 / 4);
        }
    }

    private static void fill(People people, AccountId account, int count, List<Principal> users) {
        people.store()
                .write(
                        tx -> {
                            for (int i = 0; i < count; i++) {
                                String id = "AIDA" + account + i;
                                Entity user =
                                        Entity.created(
                                                account,
                                                EntityKind.USER,
                                                id,
                                                "user" + i,
                                                "/",
                                                People.START);
                                tx.entities().insert(user);
                                tx.entityPolicies().putInline(user, "p", DOCUMENT);
                                users.add(
                                        Principal.user(account, "aws", "/", "user" + i, id, null));
                            }
                            return true;
                        });
    }

    @Test
    void theQuotaOfUsersIsKept() throws Exception {
        IamQuotas two = new IamQuotas(2, 1, 1, 1, 1, 1, 1, 2, 5, 1);
        try (People people = new People(Stores.fresh(People.ENTROPY), two)) {
            List<String> answers =
                    together(
                            6, i -> people.tried(People.root(), "CreateUser", "UserName", "u" + i));
            assertThat(answers).filteredOn(answer -> answer.startsWith("<")).hasSize(2);
            assertThat(answers)
                    .filteredOn(
                            answer ->
                                    answer.equals(
                                            "LimitExceeded: Cannot exceed quota for"
                                                    + " UsersPerAccount: 2"))
                    .hasSize(4);
            String user = People.elements(people.ask("ListUsers"), "UserName").getFirst();
            people.ask("AttachUserPolicy", "UserName", user, "PolicyArn", ADMIN);
            assertThat(
                            people.tried(
                                    People.root(),
                                    "AttachUserPolicy",
                                    "UserName",
                                    user,
                                    "PolicyArn",
                                    "arn:aws:iam::aws:policy/ReadOnlyAccess"))
                    .isEqualTo("LimitExceeded: Cannot exceed quota for PoliciesPerUser: 1");
            assertThat(
                            people.tried(
                                    People.root(),
                                    "TagUser",
                                    "UserName",
                                    user,
                                    "Tags.member.1.Key",
                                    "a",
                                    "Tags.member.1.Value",
                                    "1",
                                    "Tags.member.2.Key",
                                    "b",
                                    "Tags.member.2.Value",
                                    "2"))
                    .isEqualTo("LimitExceeded: The number of tags has reached the maximum limit.");
        }
    }

    /** Sizes count without white space. */
    @Test
    void documentsHaveTheirLengths() throws Exception {
        try (People people = new People()) {
            people.ask("CreateUser", "UserName", "alice");
            String padded = DOCUMENT.replace("kms:*", "kms:" + "a".repeat(1900));
            people.ask(
                    "PutUserPolicy",
                    "UserName",
                    "alice",
                    "PolicyName",
                    "p",
                    "PolicyDocument",
                    padded + " ".repeat(3000));
            assertThat(
                            people.tried(
                                    People.root(),
                                    "PutUserPolicy",
                                    "UserName",
                                    "alice",
                                    "PolicyName",
                                    "q",
                                    "PolicyDocument",
                                    padded))
                    .isEqualTo(
                            "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user"
                                    + " alice");
            assertThat(
                            people.tried(
                                    People.root(),
                                    "CreatePolicy",
                                    "PolicyName",
                                    "q",
                                    "PolicyDocument",
                                    DOCUMENT.replace("kms:*", "kms:" + "a".repeat(6200))))
                    .isEqualTo("LimitExceeded: Cannot exceed quota for PolicySize: 6144");
        }
    }

    /** AWS takes federated users and GetSessionToken's sessions without MFA nowhere in IAM. */
    @Test
    void someTemporaryCredentialsAreNotTakenHere() throws Exception {
        try (People people = new People()) {
            people.ask("CreateUser", "UserName", "alice");
            Principal user = people.user("alice");
            Principal federated =
                    Principal.federatedUser(People.ACCOUNT, "aws", user.id(), session("bob", null));
            Principal plain =
                    Principal.user(
                            People.ACCOUNT, "aws", "/", "alice", user.id(), session(null, null));
            String refused =
                    "InvalidClientTokenId: The security token included in the request is invalid.";
            assertThat(people.tried(federated, "ListUsers")).isEqualTo(refused);
            assertThat(people.tried(plain, "ListUsers")).isEqualTo(refused);
            Principal withMfa = Principal.root(People.ACCOUNT, "aws", session(null, 5));
            assertThat(people.tried(withMfa, "ListUsers")).startsWith("<");
        }
    }

    private static Session session(@Nullable String name, @Nullable Integer secondsSinceMfa) {
        return new Session(
                name,
                People.START,
                People.START,
                Map.of(),
                Set.of(),
                null,
                null,
                false,
                null,
                List.of(),
                secondsSinceMfa);
    }

    private static List<String> together(int count, IntFunction<String> call) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                answers.add(threads.submit(() -> call.apply(number)));
            }
            List<String> texts = new ArrayList<>();
            for (Future<String> answer : answers) {
                texts.add(answer.get());
            }
            return texts;
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
