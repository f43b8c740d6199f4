package trent.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Wildcards and variables in texts, against regular expressions, and against texts made to be slow. */
class GlobTest {

    private static final Facts NONE = new Asked();

    @Provide
    static Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab*?").ofMaxLength(14);
    }

    @Provide
    static Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab").ofMaxLength(18);
    }

    /** Patterns long enough that the bounded way takes over, in more than one block of places. */
    @Provide
    static Arbitrary<String> longPatterns() {
        return Arbitraries.of("a", "a", "a", "a", "b", "*", "?", "aaaaaaaa", "*a")
                .list()
                .ofMaxSize(120)
                .map(parts -> "*" + String.join("", parts));
    }

    @Provide
    static Arbitrary<String> longTexts() {
        return Arbitraries.of("a", "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaab", "b")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    @Property
    void wildcardsAreThoseOfARegularExpression(
            @ForAll("patterns") String pattern, @ForAll("texts") String text) {
        assertSame(pattern, text);
    }

    @Property(tries = 500)
    void longOnesToo(@ForAll("longPatterns") String pattern, @ForAll("longTexts") String text) {
        assertThat(Glob.wildcards(pattern).matches(text, NONE)).isEqualTo(reference(pattern, text));
    }

    private static void assertSame(String pattern, String text) {
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        boolean expected = Pattern.compile(expression.toString()).matcher(text).matches();
        assertThat(Glob.wildcards(pattern).matches(text, NONE)).isEqualTo(expected);
        assertThat(reference(pattern, text)).isEqualTo(expected);
        assertThat(Glob.wildcards(pattern).matches("x" + text + "y", 1, text.length() + 1, NONE))
                .isEqualTo(expected);
        assertThat(Glob.wildcards(pattern).matchesSmall(text.replace('b', 'B')))
                .isEqualTo(expected);
    }

    /** The textbook's table: which beginnings of the pattern match which beginnings of the text. */
    private static boolean reference(String pattern, String text) {
        boolean[] row = new boolean[text.length() + 1];
        row[0] = true;
        for (int at = 0; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            boolean[] next = new boolean[row.length];
            next[0] = c == '*' && row[0];
            for (int i = 1; i < row.length; i++) {
                next[i] =
                        c == '*'
                                ? row[i] || next[i - 1]
                                : row[i - 1] && (c == '?' || c == text.charAt(i - 1));
            }
            row = next;
        }
        return row[text.length()];
    }

    /** One after the other, or of several lengths at once, they would take minutes to years. */
    @Test
    void noPatternIsSlow() {
        int length = 20_000;
        String as = "a".repeat(length);
        List<String> hostile = new ArrayList<>();
        hostile.add("*a".repeat(2_000) + "*b");
        hostile.add("*" + "a".repeat(10_000) + "b");
        hostile.add("*" + "a".repeat(10_000) + "b*");
        hostile.add("*" + "?".repeat(10_000) + "b*");
        hostile.add("*" + "a?".repeat(5_000) + "b*c");
        hostile.add(("*" + "a".repeat(1_000) + "b").repeat(10));
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    for (String pattern : hostile) {
                        assertThat(Glob.wildcards(pattern).matches(as, NONE)).isFalse();
                        assertThat(
                                        Glob.wildcards(pattern.replace('b', 'a').replace('c', 'a'))
                                                .matches(as, NONE))
                                .isTrue();
                    }
                });
    }

    /** Openings that nothing closes are looked at once. */
    @Test
    void noVariableIsSlowToRead() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    for (String piece : List.of("${", "${a, '", "${a,'}", "${${", "$", "${a}")) {
                        String text = piece.repeat(1_000_000 / piece.length());
                        Glob glob = Glob.of(text, true, Asked.VOCABULARY, new ArrayList<>());
                        assertThat(glob.matches("x", NONE)).isFalse();
                        ArnPattern arn =
                                ArnPattern.value(text, Asked.VOCABULARY, new ArrayList<>());
                        assertThat(arn.matches("x", NONE)).isFalse();
                    }
                });
    }

    @Test
    void aCharacterMayBeTwoChars() {
        assertThat(Glob.wildcards("?").matches("\uD83D\uDE00", NONE)).isTrue();
        assertThat(Glob.wildcards("??").matches("\uD83D\uDE00", NONE)).isFalse();
        assertThat(Glob.wildcards("*??").matches("\uD83D\uDE00", NONE)).isFalse();
        assertThat(Glob.wildcards("*?b").matches("\uD83D\uDE00b", NONE)).isTrue();
    }

    /** What a pattern is marked with inside has no meaning outside. */
    @Test
    void marksOfPatternsAreNoWildcards() {
        for (String mark : List.of("\uFDD0", "\uFDD1", "\uFDD2")) {
            assertThat(Glob.wildcards("a" + mark).matches("ab", NONE)).isFalse();
            assertThat(Glob.wildcards("a" + mark).matches("a" + mark, NONE)).isFalse();
            assertThat(Glob.wildcards("a*").matches("a" + mark, NONE)).isTrue();
            Asked asked = new Asked().with("k", mark);
            Glob variable = Glob.of("*${k}", true, Asked.VOCABULARY, new ArrayList<>());
            assertThat(variable.matches("ab", asked)).isFalse();
        }
    }
}
