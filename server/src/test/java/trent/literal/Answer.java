package trent.literal;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.Request;

/**
 * All that a policy says of a request.
 *
 * @param as how Allow statements name the caller, and by the first of which, for each way; empty
 *     for policies without principals
 */
record Answer(int denies, int allows, String as) {

    static Answer of(Policy policy, Case one) {
        Request request = one.asked().request();
        return new Answer(
                policy.denies(request),
                policy.allows(request),
                one.kind() == Policy.Kind.IDENTITY ? "" : as(policy, request));
    }

    private static String as(Policy policy, Request request) {
        int bits = policy.allowsAs(request);
        List<String> all = new ArrayList<>();
        for (Policy.Named named : Policy.Named.values()) {
            if ((bits & named.bit()) != 0) {
                all.add(named + ":" + policy.allows(request, named));
            } else if (policy.allows(request, named) != Policy.NONE) {
                all.add(named + " not among all, but by " + policy.allows(request, named));
            }
        }
        return all.toString();
    }

    static Answer of(LiteralPolicy policy, Case one) {
        TreeSet<LiteralPolicy.Naming> namings = policy.allowsAs(one.asked());
        List<String> all = new ArrayList<>();
        for (LiteralPolicy.Naming named : namings) {
            all.add(named + ":" + policy.allows(one.asked(), named));
        }
        return new Answer(
                policy.denies(one.asked()),
                policy.allows(one.asked()),
                one.kind() == Policy.Kind.IDENTITY ? "" : all.toString());
    }

    static Policy compiled(Case one) throws PolicySyntaxException {
        return Policy.compile(one.policyText(), one.kind(), Asked.Key::named, World::idOf);
    }
}
