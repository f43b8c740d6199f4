package trent.language;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Map;
import trent.language.Policy.Kind;

/**
 * Policies by their text, so that all who have the same text share what it was compiled to: a
 * million keys with the default policy of their account hold one. Bounded in bytes; what was
 * forgotten is compiled again.
 */
public final class CompiledPolicies {

    private static final long ENTRY_BYTES = 160;
    private static final long PAIR_BYTES = 64;

    private final Vocabulary vocabulary;
    private final Cache<Source, Compiled> policies;

    /** What a policy is made of. */
    private record Source(String text, Kind kind, Map<String, String> ids) {

        long bytes() {
            long sum = ENTRY_BYTES + Sizes.of(text);
            for (Map.Entry<String, String> id : ids.entrySet()) {
                sum += PAIR_BYTES + Sizes.of(id.getKey()) + Sizes.of(id.getValue());
            }
            return sum;
        }
    }

    /** What became of it: that it is none is remembered as well. */
    private sealed interface Compiled {

        /** A policy. */
        record Good(Policy policy) implements Compiled {}

        /** None. */
        record Bad(PolicySyntaxException problem) implements Compiled {}
    }

    /**
     * None yet.
     *
     * @param vocabulary knows the condition keys of all policies
     * @param maxBytes what policies and their texts may retain together
     */
    public CompiledPolicies(Vocabulary vocabulary, long maxBytes) {
        this.vocabulary = vocabulary;
        policies =
                Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .<Source, Compiled>weigher(CompiledPolicies::weight)
                        .build();
    }

    /**
     * The policy of this text.
     *
     * @param ids the id of each ARN that its principals name, as {@link PrincipalIds} has it; an
     *     ARN without id matches nobody
     * @throws PolicySyntaxException if it is none of this kind
     */
    public Policy of(String text, Kind kind, Map<String, String> ids) throws PolicySyntaxException {
        Source source = new Source(text, kind, ids);
        Compiled known = policies.getIfPresent(source);
        if (known == null) {
            Source kept = new Source(text, kind, Map.copyOf(ids));
            known = compile(kept);
            Compiled other = policies.asMap().putIfAbsent(kept, known);
            known = other == null ? known : other;
        }
        return switch (known) {
            case Compiled.Good(Policy policy) -> policy;
            case Compiled.Bad(PolicySyntaxException problem) -> throw problem;
        };
    }

    private Compiled compile(Source source) {
        try {
            return new Compiled.Good(
                    Policy.compile(source.text, source.kind, vocabulary, source.ids::get));
        } catch (PolicySyntaxException e) {
            return new Compiled.Bad(e);
        }
    }

    private static int weight(Source source, Compiled compiled) {
        long bytes =
                switch (compiled) {
                    case Compiled.Good(Policy policy) -> policy.bytes();
                    case Compiled.Bad(PolicySyntaxException problem) -> Sizes.of(problem.text());
                };
        return (int) Math.min(Integer.MAX_VALUE, source.bytes() + bytes);
    }
}
