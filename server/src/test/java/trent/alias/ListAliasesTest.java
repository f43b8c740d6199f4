package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.AliasListEntry;
import trent.api.KmsOperation;
import trent.api.ListAliasesResponse;

/** ListAliases: what it shows, and page after page. Source: AWS KMS API Reference, ListAliases. */
class ListAliasesTest {

    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";

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
    void noAliasesAreAnEmptyListThatIsNotTruncated() {
        ListAliasesResponse none = caller.ask(KmsOperation.LIST_ALIASES, "KeyId", key);
        assertThat(none.aliases()).isEmpty();
        assertThat(none.truncated()).isFalse();
        assertThat(none.nextMarker()).isNull();
    }

    @Test
    void predefinedAliasesAreListedWithoutAKeyUntilSomebodyLooksAtOne() {
        List<AliasListEntry> before = caller.ask(KmsOperation.LIST_ALIASES).aliases();
        assertThat(before)
                .hasSize(20)
                .contains(
                        AliasListEntry.builder()
                                .aliasName("alias/aws/s3")
                                .aliasArn("arn:aws:kms:us-east-2:111122223333:alias/aws/s3")
                                .build());
        String s3 = caller.describe("alias/aws/s3").keyId();
        assertThat(caller.aliasNames()).containsExactly("alias/aws/s3");
        assertThat(caller.aliases().getFirst().targetKeyId()).isEqualTo(s3);
        assertThat(caller.ask(KmsOperation.LIST_ALIASES).aliases()).hasSize(20);
        assertThat(caller.tried("DescribeKey", "KeyId", "alias/aws/other"))
                .isEqualTo(
                        "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/aws/other is not found.");
    }

    @Test
    void aliasesOfTheCallersAccountAndRegionInTheOrderOfTheirNames() {
        for (String name : List.of("alias/b", "alias/B", "alias/a-1", "alias/a/1", "alias/a_1")) {
            caller.newAlias(name, key);
        }
        House.Caller stranger = house.root(House.OTHER_ACCOUNT, House.REGION);
        House.Caller elsewhere = house.root(House.ACCOUNT, House.OTHER_REGION);
        stranger.newAlias("alias/stranger", stranger.newKey());
        elsewhere.newAlias("alias/elsewhere", elsewhere.newKey());

        assertThat(caller.aliasNames())
                .containsExactly("alias/B", "alias/a-1", "alias/a/1", "alias/a_1", "alias/b");
        assertThat(stranger.aliasNames()).containsExactly("alias/stranger");
        assertThat(elsewhere.aliasNames()).containsExactly("alias/elsewhere");
    }

    @Test
    void anEntryNamesAliasAndKeyById() {
        caller.newAlias("alias/x", key);
        assertThat(caller.aliases())
                .containsExactly(
                        AliasListEntry.builder()
                                .aliasName("alias/x")
                                .aliasArn("arn:aws:kms:us-east-2:111122223333:alias/x")
                                .targetKeyId(key)
                                .creationDate(House.START)
                                .lastUpdatedDate(House.START)
                                .build());
    }

    @Test
    void aKeyFilterShowsThatKeysAliasesOnly() {
        String other = caller.newKey();
        caller.newAlias("alias/1", key);
        caller.newAlias("alias/2", other);
        caller.newAlias("alias/3", key);
        assertThat(caller.aliasNames("KeyId", key)).containsExactly("alias/1", "alias/3");
        assertThat(caller.aliasNames("KeyId", caller.arn(key).toString()))
                .containsExactly("alias/1", "alias/3");
        caller.ask(KmsOperation.UPDATE_ALIAS, "AliasName", "alias/3", "TargetKeyId", other);
        caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/2");
        caller.newAlias("alias/4", key);
        assertThat(caller.aliasNames("KeyId", key)).containsExactly("alias/1", "alias/4");
        assertThat(caller.aliasNames("KeyId", other)).containsExactly("alias/3");
    }

    @Test
    void anUnknownKeyIsNotFoundAndAForeignOneIsHidden() {
        assertThat(caller.tried("ListAliases", "KeyId", House.UNKNOWN_KEY))
                .isEqualTo(
                        "NotFoundException: Key '"
                                + caller.arn(House.UNKNOWN_KEY)
                                + "' does not exist");
        House.Caller stranger = house.root(House.OTHER_ACCOUNT, House.REGION);
        String existing =
                caller.tried("ListAliases", "KeyId", stranger.arn(stranger.newKey()).toString());
        assertThat(existing)
                .startsWith("AccessDeniedException")
                .isEqualTo(
                        caller.tried(
                                "ListAliases",
                                "KeyId",
                                stranger.arn(House.UNKNOWN_KEY).toString()));
        assertThat(caller.tried("ListAliases", "KeyId", "*"))
                .isEqualTo("NotFoundException: Invalid keyId '*'");
    }

    @Test
    void theCallerMustBeAllowedOnEverything() {
        assertThat(house.user(House.ACCOUNT, House.REGION).tried("ListAliases"))
                .isEqualTo(
                        "AccessDeniedException: User: arn:aws:iam::111122223333:user/alice is not authorized to perform:"
                                + " kms:ListAliases on resource: * because no identity-based policy allows the kms:ListAliases"
                                + " action");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 49, 50, 51, 100})
    void pagesHoldAllAliasesOnceAndInOrder(int limit) {
        List<String> names = names(101);
        List<String> found = new ArrayList<>();
        String marker = null;
        do {
            ListAliasesResponse page = page(null, limit, marker);
            assertThat(page.aliases()).hasSizeLessThanOrEqualTo(limit).isNotEmpty();
            marker = page.nextMarker();
            assertThat(page.truncated()).isEqualTo(marker != null);
            names(page).forEach(found::add);
        } while (marker != null);
        found.removeIf(name -> name.startsWith("alias/aws/"));
        assertThat(found).isEqualTo(names);
    }

    @Test
    void aPageHoldsFiftyUnlessTold() {
        names(51);
        ListAliasesResponse page = caller.ask(KmsOperation.LIST_ALIASES);
        assertThat(page.aliases()).hasSize(50);
        assertThat(page.truncated()).isTrue();
    }

    @Test
    void aFullLastPageIsNotTruncated() {
        names(10);
        assertThat(page(null, 30, null).truncated()).isFalse();
        assertThat(page(key, 10, null).truncated()).isFalse();
    }

    @Test
    void pagesOfOneKey() {
        for (int i = 0; i < 10; i++) {
            caller.newAlias("alias/" + i, key);
        }
        caller.newAlias("alias/other", caller.newKey());
        ListAliasesResponse first = page(key, 6, null);
        ListAliasesResponse second = page(key, 6, first.nextMarker());
        assertThat(names(first)).hasSize(6);
        assertThat(names(second)).containsExactly("alias/6", "alias/7", "alias/8", "alias/9");
        assertThat(second.truncated()).isFalse();
    }

    /**
     * The marker names the last alias shown: what is deleted or added
     * meanwhile changes nothing else.
     */
    @Test
    void aPageContinuesRightlyAfterChangesBetween() {
        for (String name : List.of("alias/B", "alias/D", "alias/F", "alias/H")) {
            caller.newAlias(name, key);
        }
        for (String filter : new @Nullable String[] {null, key}) {
            ListAliasesResponse first = page(filter, 2, null);
            assertThat(names(first)).containsExactly("alias/B", "alias/D");

            caller.ask(
                    KmsOperation.DELETE_ALIAS,
                    "AliasName",
                    "alias/D"); // the one that the marker names
            caller.newAlias("alias/A", key); // before the marker: not shown any more
            caller.newAlias("alias/E", key); // after it: shown

            ListAliasesResponse second = page(filter, 2, first.nextMarker());
            assertThat(names(second)).containsExactly("alias/E", "alias/F");
            assertThat(names(page(filter, 2, second.nextMarker()))).startsWith("alias/H");

            caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/A");
            caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/E");
            caller.newAlias("alias/D", key);
        }
    }

    @Test
    void aMarkerIsTakenByAnotherServerOverTheSameAliases() {
        names(3);
        String marker = page(null, 1, null).nextMarker();
        try (House other = new House()) {
            House.Caller there = other.caller();
            there.newAlias("alias/001", there.newKey());
            there.newAlias("alias/002", there.newKey());
            ListAliasesResponse second =
                    there.ask(KmsOperation.LIST_ALIASES, "Limit", 1, "Marker", marker);
            assertThat(names(second)).containsExactly("alias/001");
        }
    }

    @Test
    void markersOfOtherListingsAreInvalid() {
        names(2);
        caller.newKey();
        String ofKeys = caller.ask(KmsOperation.LIST_KEYS, "Limit", 1).nextMarker();
        String ofAliases = page(null, 1, null).nextMarker();
        assertThat(caller.tried("ListAliases", "Marker", ofKeys))
                .isEqualTo("InvalidMarkerException");
        assertThat(caller.tried("ListKeys", "Marker", ofAliases))
                .isEqualTo("InvalidMarkerException");
        assertThat(caller.tried("ListResourceTags", "KeyId", key, "Marker", ofAliases))
                .isEqualTo("InvalidMarkerException");
        assertThat(caller.tried("ListKeyPolicies", "KeyId", key, "Marker", ofAliases))
                .isEqualTo("InvalidMarkerException");
    }

    /** Every way to damage a marker at one place: a character changed, left out or added. */
    @Test
    void mutilatedMarkersAreInvalid() {
        names(2);
        String marker = Objects.requireNonNull(page(null, 1, null).nextMarker());
        assertThat(caller.tried("ListAliases", "Marker", marker)).isEqualTo(House.OK);
        List<String> mutilated =
                new ArrayList<>(
                        List.of(
                                "x",
                                "alias/0",
                                "=",
                                " ",
                                "AAAA",
                                "AAAAAA",
                                marker + "=",
                                marker + "==",
                                marker + "\u00ff"));
        for (int i = 0; i < marker.length(); i++) {
            mutilated.add(marker.substring(0, i) + marker.substring(i + 1));
            for (String c : ALPHABET.split("", -1)) {
                mutilated.add(marker.substring(0, i) + c + marker.substring(i));
                mutilated.add(marker.substring(0, i) + c + marker.substring(i + 1));
            }
        }
        for (String wrong : mutilated) {
            if (!wrong.equals(marker)) {
                assertThat(caller.tried("ListAliases", "Marker", wrong))
                        .as(wrong)
                        .isEqualTo("InvalidMarkerException");
            }
        }
    }

    @Test
    void limitsAreOneToHundred() {
        assertThat(caller.tried("ListAliases", "Limit", 0)).contains("Value '0' at 'limit'");
        assertThat(caller.tried("ListAliases", "Limit", 101)).contains("Value '101' at 'limit'");
        assertThat(caller.tried("ListAliases", "Limit", 100)).isEqualTo(House.OK);
    }

    @Test
    void aliasesOfAKeyThatAwaitsItsDeletionAreListed() {
        caller.newAlias("alias/x", key);
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);
        assertThat(caller.aliasNames()).containsExactly("alias/x");
        assertThat(caller.aliasNames("KeyId", key)).containsExactly("alias/x");
    }

    /** Makes that many aliases, on as many keys as the quota asks for. */
    private List<String> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i -> {
                            if (i % 50 == 49) {
                                key = caller.newKey();
                            }
                            String name = "alias/%03d".formatted(i);
                            caller.newAlias(name, key);
                            return name;
                        })
                .toList();
    }

    private ListAliasesResponse page(@Nullable String keyId, int limit, @Nullable String marker) {
        return caller.ask(
                KmsOperation.LIST_ALIASES, "KeyId", keyId, "Limit", limit, "Marker", marker);
    }

    private static List<String> names(ListAliasesResponse page) {
        return Objects.requireNonNull(page.aliases()).stream()
                .map(alias -> Objects.requireNonNull(alias.aliasName()))
                .toList();
    }
}
