package trent.tag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.KmsOperation;
import trent.api.ListResourceTagsResponse;

/** Tags on keys. Source: AWS KMS Developer Guide, "Tags in AWS KMS", and recorded replies. */
class TagsTest {

    private static final String DUPLICATE = "TagException: Duplicate tag keys";
    private static final String RESERVED = "TagException: Tags beginning with aws: are reserved";
    private static final String TOO_MANY = "TagException: Too many tags";

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void tagsAreAddedReplacedAndRemoved() {
        assertThat(tag(List.of(pair("b", "1"), pair("a", "2"), pair("A", "")))).isEqualTo(House.OK);
        assertThat(tag(List.of(pair("a", "3")))).isEqualTo(House.OK);
        assertThat(tags()).containsExactlyInAnyOrder("b=1", "a=3", "A=");
        assertThat(caller.tried("UntagResource", "KeyId", key, "TagKeys", List.of("a", "missing")))
                .isEqualTo(House.OK);
        assertThat(tags()).containsExactlyInAnyOrder("b=1", "A=");
    }

    @Test
    void aKeyHasAtMostFiftyTags() {
        assertThat(tag(numbered(0, 51))).isEqualTo(TOO_MANY);
        assertThat(tags()).isEmpty();
        assertThat(tag(numbered(0, 50))).isEqualTo(House.OK);
        assertThat(tag(List.of(pair("one-more", "")))).isEqualTo(TOO_MANY);
        assertThat(tags()).hasSize(50);
        assertThat(tag(List.of(pair("7", "another value"))))
                .as("one that it has")
                .isEqualTo(House.OK);
        assertThat(caller.tried("CreateKey", "Tags", numbered(0, 51))).isEqualTo(TOO_MANY);
        assertThat(caller.tried("CreateKey", "Tags", numbered(0, 50))).isEqualTo(House.OK);
    }

    @Test
    void tagKeysOfARequestAreUnique() {
        List<Map<String, String>> twice = List.of(pair("a", "1"), pair("a", "2"));
        assertThat(tag(twice)).isEqualTo(DUPLICATE);
        assertThat(caller.tried("CreateKey", "Tags", twice)).isEqualTo(DUPLICATE);
        assertThat(tag(List.of(pair("a", "1"), pair("A", "2"))))
                .as("case matters")
                .isEqualTo(House.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws:x", "AWS:x", "aWs:"})
    void awsTagsAreReserved(String tagKey) {
        assertThat(tag(List.of(pair(tagKey, "1")))).isEqualTo(RESERVED);
        assertThat(caller.tried("CreateKey", "Tags", List.of(pair(tagKey, "1"))))
                .isEqualTo(RESERVED);
        assertThat(caller.tried("UntagResource", "KeyId", key, "TagKeys", List.of(tagKey)))
                .isEqualTo(RESERVED);
        assertThat(tag(List.of(pair("awsome", "1"), pair("aws", "2")))).isEqualTo(House.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"&", "a,b", "a\tb", "a#", "(a)", "😀", "a\u0301"})
    void tagsHoldLettersDigitsAndAFewSigns(String text) {
        assertThat(tag(List.of(pair(text, "1")))).startsWith("TagException: A tag key may hold");
        assertThat(tag(List.of(pair("a", text)))).startsWith("TagException: A tag value may hold");
        assertThat(caller.tried("CreateKey", "Tags", List.of(pair("a", text))))
                .startsWith("TagException");
        assertThat(tag(List.of(pair("Ключ 鍵_.:/=+-@٣", "é\u00a0x")))).isEqualTo(House.OK);
    }

    @Test
    void lengthsAreNamedByTheirPath() {
        assertThat(tag(List.of(pair("a", ""), pair("", ""))))
                .contains("Value '' at 'tags.2.member.tagKey'");
        assertThat(tag(List.of(pair("k".repeat(129), ""))))
                .contains("'tags.1.member.tagKey'")
                .contains("equal to 128");
        assertThat(tag(List.of(pair("k", "v".repeat(257)))))
                .contains("'tags.1.member.tagValue'")
                .contains("equal to 256");
        assertThat(tag(List.of(pair("k".repeat(128), "v".repeat(256))))).isEqualTo(House.OK);
    }

    @Test
    void tagsAreListedPageByPage() {
        tag(numbered(0, 50));
        List<String> found = new ArrayList<>();
        String marker = null;
        do {
            ListResourceTagsResponse page =
                    caller.ask(
                            KmsOperation.LIST_RESOURCE_TAGS,
                            "KeyId",
                            key,
                            "Limit",
                            7,
                            "Marker",
                            marker);
            Objects.requireNonNull(page.tags()).forEach(tag -> found.add(tag.tagKey()));
            marker = page.nextMarker();
            assertThat(page.truncated()).isEqualTo(marker != null);
        } while (marker != null);
        assertThat(found).hasSize(50).doesNotHaveDuplicates();
    }

    /** A refused request changes nothing, not even by its first tags. */
    @Test
    void allTagsOfARequestOrNone() {
        tag(numbered(0, 49));
        assertThat(tag(List.of(pair("x", ""), pair("y", "")))).isEqualTo(TOO_MANY);
        assertThat(tags()).hasSize(49).doesNotContain("x=", "y=");
    }

    private String tag(List<Map<String, String>> tags) {
        return caller.tried("TagResource", "KeyId", key, "Tags", tags);
    }

    private List<String> tags() {
        return Objects.requireNonNull(
                        caller.ask(KmsOperation.LIST_RESOURCE_TAGS, "KeyId", key).tags())
                .stream()
                .map(tag -> tag.tagKey() + "=" + tag.tagValue())
                .toList();
    }

    private static Map<String, String> pair(String tagKey, String tagValue) {
        return Map.of("TagKey", tagKey, "TagValue", tagValue);
    }

    private static List<Map<String, String>> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> pair(Integer.toString(i), "")).toList();
    }
}
