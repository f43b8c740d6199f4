package trent.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.Stores;
import trent.access.Access;
import trent.access.ConditionKeys;
import trent.access.GrantTokens;
import trent.access.KeySources;
import trent.api.ServiceException;
import trent.api.iam.IamOperation;
import trent.api.query.QueryIn;
import trent.api.query.XmlOut;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.call.Session;
import trent.crypto.Entropy;
import trent.identity.PrincipalNames;
import trent.identity.StoredIdentities;
import trent.language.CompiledPolicies;
import trent.language.Policy;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.Region;
import trent.store.Alias;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Grant;
import trent.store.Store;

/** IAM over a real store, without its wire: requests as parameters, answers as XML. */
final class People implements AutoCloseable {

    static final AccountId ACCOUNT = new AccountId("111122223333");
    static final AccountId OTHER = new AccountId("444455556666");
    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private static final Region REGION = new Region("us-east-1");
    private static final String REQUEST = "3f1f5a3e-0000-4000-8000-000000000000";
    private static final long COMPILED_BYTES = 8 << 20;

    private final Store store;
    private final StoredIdentities identities;
    private final AccessKeyUses uses;
    private final IamCalls calls;
    private final Map<String, Operation<?, ?>> operations = new HashMap<>();

    People() {
        this(Stores.fresh(ENTROPY), IamQuotas.DEFAULT);
    }

    /** Over this store, which it takes over. */
    People(Store store, IamQuotas quotas) {
        this.store = store;
        CompiledPolicies policies = new CompiledPolicies(ConditionKeys.VOCABULARY, COMPILED_BYTES);
        InstantSource clock = InstantSource.fixed(START);
        identities = new StoredIdentities(store, policies, true);
        uses = new AccessKeyUses(store, clock);
        Access access = new Access(new GrantTokens(store), new NoKeys(), identities, clock, 50);
        calls = new IamCalls(access, store, new UniqueIds(ENTROPY), quotas, clock);
        new IamOperations(
                        access,
                        store,
                        policies,
                        new PrincipalNames(identities, false),
                        uses,
                        quotas,
                        ENTROPY,
                        clock)
                .each(
                        new IamOperations.Taker() {
                            @Override
                            public <I, O> void take(
                                    IamOperation<I, O> operation, Operation<I, O> answer) {
                                operations.put(operation.name(), answer);
                            }
                        });
    }

    /** Nobody asks for keys here. */
    private static final class NoKeys implements KeySources {

        @Override
        public @Nullable Policy keyPolicy(KeyArn key) {
            return null;
        }

        @Override
        public Map<String, String> tagsOf(KeyArn key) {
            return Map.of();
        }

        @Override
        public List<Alias> aliasesOf(KeyArn key) {
            return List.of();
        }

        @Override
        public List<Grant> grantsFor(KeyArn key, String granteeId) {
            return List.of();
        }
    }

    Store store() {
        return store;
    }

    StoredIdentities identities() {
        return identities;
    }

    IamCalls calls() {
        return calls;
    }

    AccessKeyUses uses() {
        return uses;
    }

    /** The names of the operations that are answered. */
    List<String> operations() {
        return List.copyOf(operations.keySet());
    }

    static Principal root() {
        return Principal.root(ACCOUNT, "aws");
    }

    /** The user of this name, with an access key. */
    Principal user(String name) {
        Entity user =
                Objects.requireNonNull(
                        store.<@Nullable Entity>read(
                                tx -> tx.entities().find(ACCOUNT, EntityKind.USER, name)));
        return Objects.requireNonNull(identities.principal(user.id(), ACCOUNT, "aws", null));
    }

    /** A session of the role of this name. */
    Principal session(String role) {
        Entity found =
                Objects.requireNonNull(
                        store.<@Nullable Entity>read(
                                tx -> tx.entities().find(ACCOUNT, EntityKind.ROLE, role)));
        Session session =
                new Session(
                        "s1",
                        START,
                        START.plusSeconds(3600),
                        Map.of(),
                        Set.of(),
                        null,
                        null,
                        false,
                        null,
                        List.of(),
                        null);
        return Objects.requireNonNull(identities.principal(found.id(), ACCOUNT, "aws", session));
    }

    /** What the root is answered. */
    String ask(String operation, String... parameters) {
        return ask(root(), operation, parameters);
    }

    /**
     * What the caller is answered.
     *
     * @param parameters names and values in turn
     * @throws ServiceException that is the answer
     */
    String ask(Principal caller, String operation, String... parameters) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(parameters[i])
                    .append('=')
                    .append(URLEncoder.encode(parameters[i + 1], UTF_8));
        }
        return answer(
                Objects.requireNonNull(IamOperation.byName(operation)),
                call(caller),
                QueryIn.of(form.toString().getBytes(UTF_8)));
    }

    /** The same, with an error in its words. */
    String tried(Principal caller, String operation, String... parameters) {
        try {
            return ask(caller, operation, parameters);
        } catch (ServiceException e) {
            return e.code() + ": " + e.getMessage();
        }
    }

    static Call call(Principal caller) {
        return new Call(caller, REGION, REQUEST);
    }

    private <I, O> String answer(IamOperation<I, O> operation, Call call, QueryIn in) {
        @SuppressWarnings("unchecked") // it was put there under this operation
        Operation<I, O> answer =
                (Operation<I, O>) Objects.requireNonNull(operations.get(operation.name()));
        XmlOut xml = new XmlOut();
        I input = operation.read(in);
        operation.write(store.checked(() -> answer.answer(call, input)), REQUEST, xml);
        return new String(xml.bytes(), UTF_8);
    }

    /** The text of the first element of this name. */
    static String element(String xml, String name) {
        List<String> all = elements(xml, name);
        if (all.isEmpty()) {
            throw new AssertionError("no " + name + " in " + xml);
        }
        return all.getFirst();
    }

    /** The texts of all elements of this name. */
    static List<String> elements(String xml, String name) {
        Matcher element = Pattern.compile("<" + name + ">([^<]*)</" + name + ">").matcher(xml);
        List<String> texts = new ArrayList<>();
        while (element.find()) {
            texts.add(element.group(1));
        }
        return texts;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
