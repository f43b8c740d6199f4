package trent.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import trent.access.Decision.Allowed;
import trent.access.Decision.ExplicitlyDenied;
import trent.api.GrantOperation;
import trent.call.Call;
import trent.call.Principal;
import trent.language.Policy;

/** Laws over all sources at once, whatever they say. */
class DecisionLawsTest {

    private static final List<String> CALLERS =
            List.of("rootA", "alice", "carol", "s1", "s2", "fred", "bob", "rootB");
    private static final List<String> NAMES =
            List.of("alice", "carol", "roleApp", "s1", "fred", "bob", "accountA", "accountB", "*");
    private static final List<String> ACTIONS =
            List.of("kms:*", "kms:Decrypt", "kms:Enc*", "kms:TagResource", "*");
    private static final List<String> CONDITIONS =
            List.of(
                    "",
                    " if StringEquals kms:EncryptionContext:a 1",
                    " if StringNotEquals kms:EncryptionContext:a 1",
                    " if StringEquals aws:ResourceTag/team red",
                    " if ForAllValues:StringLike kms:ResourceAliases alias/x*",
                    " if Bool kms:MultiRegion false");
    private static final List<Map<String, String>> CONTEXTS =
            List.of(Map.of(), Map.of("A", "1"), Map.of("a", "2"));
    private static final List<String> CHECKED = List.of("Decrypt", "Encrypt", "TagResource");

    /** All that one decision is made of. */
    record World(
            String caller,
            String action,
            List<String> key,
            List<String> identity,
            List<String> boundary,
            List<String> session,
            List<String> grantees,
            Map<String, String> context) {

        World {
            key = List.copyOf(key);
        }

        World withKey(String statement) {
            return new World(
                    caller,
                    action,
                    plus(key, statement),
                    identity,
                    boundary,
                    session,
                    grantees,
                    context);
        }

        World withIdentity(String statement) {
            return new World(
                    caller,
                    action,
                    key,
                    plus(identity, statement),
                    boundary,
                    session,
                    grantees,
                    context);
        }

        World withBoundary(String statement) {
            return new World(
                    caller,
                    action,
                    key,
                    identity,
                    plus(boundary, statement),
                    session,
                    grantees,
                    context);
        }

        World withSession(String statement) {
            return new World(
                    caller,
                    action,
                    key,
                    identity,
                    boundary,
                    plus(session, statement),
                    grantees,
                    context);
        }

        World withGrant(String grantee) {
            return new World(
                    caller,
                    action,
                    key,
                    identity,
                    boundary,
                    session,
                    plus(grantees, grantee),
                    context);
        }

        Decision decide() {
            Scene scene = new Scene();
            Principal principal = Objects.requireNonNull(Scene.CALLERS.get(caller));
            scene.keyPolicies.put(
                    Scene.K.arn(),
                    key.isEmpty() ? Policy.NOTHING : Scene.keyPolicy(String.join("; ", key)));
            if (!principal.isRoot()) {
                scene.identity(
                        principal,
                        identity,
                        boundary.isEmpty() ? null : String.join("; ", boundary),
                        Map.of());
                session.forEach(policy -> scene.sessionPolicies.add(Scene.named(policy)));
            }
            for (String grantee : grantees) {
                scene.grants.add(
                        Scene.grant(
                                Scene.id(grantee),
                                null,
                                Scene.A,
                                List.of(GrantOperation.DECRYPT),
                                null,
                                null));
            }
            scene.tags.put(Scene.K.arn(), Map.of("Team", "red"));
            scene.aliases(Scene.K, "alias/x1");
            Call call = Scene.call(principal);
            return scene.access.decide(
                    call, Scene.action(action), Scene.K, new Details().encryptionContext(context));
        }

        boolean allowed() {
            return decide() instanceof Allowed;
        }

        private static List<String> plus(List<String> statements, String one) {
            List<String> more = new ArrayList<>(statements);
            more.add(one);
            return more;
        }
    }

    @Property(tries = 400)
    void anAllowNeverTakesAccessAway(
            @ForAll("worlds") World world,
            @ForAll("keyAllows") String key,
            @ForAll("allows") String own,
            @ForAll("grantees") String grantee) {
        if (world.allowed()) {
            assertThat(world.withKey(key).allowed()).isTrue();
            assertThat(world.withIdentity(own).allowed()).isTrue();
            assertThat(world.withGrant(grantee).allowed()).isTrue();
            // A first policy of these kinds is a limit where there was none.
            assertThat(world.boundary().isEmpty() || world.withBoundary(own).allowed()).isTrue();
            assertThat(world.session().isEmpty() || world.withSession(own).allowed()).isTrue();
        }
    }

    @Property(tries = 400)
    void aDenyNeverGivesAccess(
            @ForAll("worlds") World world,
            @ForAll("keyAllows") String key,
            @ForAll("allows") String own) {
        if (!world.allowed()) {
            assertThat(world.withKey(denial(key)).allowed()).isFalse();
            assertThat(world.withIdentity(denial(own)).allowed()).isFalse();
            assertThat(world.withBoundary(denial(own)).allowed()).isFalse();
            assertThat(world.session().isEmpty() || !world.withSession(denial(own)).allowed())
                    .isTrue();
        }
    }

    @Property(tries = 400)
    void aDenyWins(@ForAll("worlds") World world) {
        String caller = world.caller();
        boolean root = caller.startsWith("root");
        List<World> denied = new ArrayList<>();
        denied.add(world.withKey("Deny * kms:*"));
        denied.add(
                world.withKey(
                        caller.equals("bob") || caller.equals("rootB")
                                ? "Deny accountB kms:*"
                                : "Deny accountA kms:*"));
        if (!root) {
            denied.add(world.withIdentity("Deny kms:*"));
            denied.add(world.withBoundary("Deny kms:*"));
            denied.add(world.withSession("Deny kms:*"));
        }
        for (World one : denied) {
            Decision decision = one.decide();
            boolean impossible =
                    (caller.equals("bob") || caller.equals("rootB"))
                            && world.action().equals("TagResource");
            assertThat(decision instanceof ExplicitlyDenied || impossible).isTrue();
        }
    }

    @Property(tries = 200)
    void theOrderOfStatementsDoesNotMatter(@ForAll("worlds") World world) {
        World turned =
                new World(
                        world.caller(),
                        world.action(),
                        world.key().reversed(),
                        world.identity().reversed(),
                        world.boundary().reversed(),
                        world.session().reversed(),
                        world.grantees().reversed(),
                        world.context());
        assertThat(turned.allowed()).isEqualTo(world.allowed());
    }

    /** Whoever is explained is told what was decided. */
    @Property(tries = 150)
    void anExplanationSaysWhatWasDecided(@ForAll("worlds") World world) {
        Scene scene = new Scene();
        Principal principal = Objects.requireNonNull(Scene.CALLERS.get(world.caller()));
        scene.keyPolicies.put(
                Scene.K.arn(),
                world.key().isEmpty()
                        ? Policy.NOTHING
                        : Scene.keyPolicy(String.join("; ", world.key())));
        Call call = Scene.call(principal);
        Details details = new Details().encryptionContext(world.context());
        Explanation explanation =
                scene.access.explain(call, Scene.action(world.action()), Scene.K, details);
        boolean allowed =
                scene.access.decide(call, Scene.action(world.action()), Scene.K, details)
                        instanceof Allowed;
        assertThat(explanation.outcome() == Explanation.Outcome.ALLOWS).isEqualTo(allowed);
    }

    @Provide
    Arbitrary<World> worlds() {
        Arbitrary<List<String>> own =
                Combinators.combine(effects(), allows())
                        .as((effect, allow) -> effect ? allow : denial(allow))
                        .list()
                        .ofMaxSize(3);
        Arbitrary<List<String>> key =
                Combinators.combine(effects(), keyAllows())
                        .as((effect, allow) -> effect ? allow : denial(allow))
                        .list()
                        .ofMaxSize(4);
        return Combinators.combine(
                        Arbitraries.of(CALLERS),
                        Arbitraries.of(CHECKED),
                        key,
                        own,
                        own,
                        own,
                        grantees().list().ofMaxSize(2),
                        Arbitraries.of(CONTEXTS))
                .as(World::new);
    }

    @Provide
    Arbitrary<String> keyAllows() {
        return Combinators.combine(
                        Arbitraries.of(NAMES), Arbitraries.of(ACTIONS), Arbitraries.of(CONDITIONS))
                .as((name, action, condition) -> "Allow " + name + " " + action + condition);
    }

    @Provide
    Arbitrary<String> allows() {
        return Combinators.combine(
                        Arbitraries.of(ACTIONS),
                        Arbitraries.of("", " on K", " on K2", " on arn:aws:kms:*:*:key/*"),
                        Arbitraries.of(CONDITIONS))
                .as((action, resource, condition) -> "Allow " + action + resource + condition);
    }

    @Provide
    Arbitrary<String> grantees() {
        return Arbitraries.of("alice", "roleApp", "s1", "bob", "fred", "accountA", "accountB");
    }

    /** Mostly allows, so that much is allowed at all. */
    private static Arbitrary<Boolean> effects() {
        return Arbitraries.of(true, true, true, true, true, false);
    }

    private static String denial(String allow) {
        return "Deny" + allow.substring("Allow".length());
    }
}
