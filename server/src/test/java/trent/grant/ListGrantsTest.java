package trent.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.House.Caller;
import trent.api.GrantListEntry;
import trent.api.KmsOperation;
import trent.api.ListGrantsResponse;

/** ListGrants and ListRetirableGrants: which grants they show, page by page. */
class ListGrantsTest {

    private static final String ALICE = "arn:aws:iam::111122223333:user/alice";
    private static final String BOB = "arn:aws:iam::444455556666:user/bob";

    private final House house = new House();
    private final Caller caller = house.caller();
    private final String key = caller.newKey();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void filtersNarrowTheListing() {
        String alices = grant(caller, key, ALICE, null);
        String bobs = grant(caller, key, BOB, null);
        String elsewhere = grant(caller, caller.newKey(), ALICE, null);
        assertThat(ids(list("KeyId", key))).containsExactlyInAnyOrder(alices, bobs);
        assertThat(ids(list("KeyId", key, "GranteePrincipal", ALICE))).containsExactly(alices);
        assertThat(ids(list("KeyId", key, "GranteePrincipal", ALICE + "2"))).isEmpty();
        assertThat(ids(list("KeyId", key, "GrantId", bobs))).containsExactly(bobs);
        assertThat(ids(list("KeyId", key, "GrantId", elsewhere))).isEmpty();
        assertThat(ids(list("KeyId", key, "GrantId", bobs, "GranteePrincipal", ALICE))).isEmpty();
        assertThat(ids(list("KeyId", key, "GrantId", bobs, "GranteePrincipal", BOB)))
                .containsExactly(bobs);
    }

    @Test
    void pagesShowEachGrantOnce() {
        List<String> made = new ArrayList<>();
        IntStream.range(0, 120)
                .forEach(i -> made.add(grant(caller, key, i % 2 == 0 ? ALICE : BOB, ALICE)));
        assertThat(ids(list("KeyId", key))).as("50 unless told").hasSize(50);
        for (int limit : new int[] {1, 7, 60, 100}) {
            assertThat(all(KmsOperation.LIST_GRANTS, limit, "KeyId", key))
                    .hasSize(120)
                    .isSorted()
                    .containsAll(made);
        }
        assertThat(all(KmsOperation.LIST_GRANTS, 7, "KeyId", key, "GranteePrincipal", BOB))
                .hasSize(60);
        assertThat(all(KmsOperation.LIST_RETIRABLE_GRANTS, 11, "RetiringPrincipal", ALICE))
                .hasSize(120)
                .containsAll(made);
    }

    @Test
    void theLastPageIsNotTruncated() {
        grant(caller, key, ALICE, null);
        grant(caller, key, ALICE, null);
        ListGrantsResponse whole = list("KeyId", key, "Limit", 2);
        assertThat(whole.truncated()).isFalse();
        assertThat(whole.nextMarker()).isNull();
        assertThat(list("KeyId", key, "Limit", 1).truncated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0   | 1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1
                    101 | 1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100
                    """)
    void limitsHaveARange(int limit, String text) {
        assertThat(caller.tried("ListGrants", "KeyId", key, "Limit", limit))
                .isEqualTo("ValidationException: " + text);
        assertThat(caller.tried("ListRetirableGrants", "RetiringPrincipal", ALICE, "Limit", limit))
                .isEqualTo("ValidationException: " + text);
    }

    @Test
    void markersOfOtherListingsAreRefused() {
        grant(caller, key, ALICE, ALICE);
        grant(caller, key, ALICE, ALICE);
        String marker = list("KeyId", key, "Limit", 1).nextMarker();
        assertThat(
                        caller.tried(
                                "ListRetirableGrants",
                                "RetiringPrincipal",
                                ALICE,
                                "Marker",
                                marker))
                .isEqualTo("InvalidMarkerException");
        assertThat(caller.tried("ListGrants", "KeyId", key, "Marker", marker + "A"))
                .isEqualTo("InvalidMarkerException");
    }

    @Test
    void aKeyIsNeeded() {
        assertThat(caller.tried("ListGrants", "KeyId", "alias/x"))
                .isEqualTo(
                        "InvalidArnException: Key Aliases are not supported for this operation.");
        assertThat(caller.tried("ListGrants", "KeyId", House.UNKNOWN_KEY))
                .startsWith("NotFoundException");
        assertThat(
                        house.root(House.OTHER_ACCOUNT, House.REGION)
                                .tried("ListGrants", "KeyId", caller.arn(key).toString()))
                .startsWith("AccessDeniedException");
    }

    @Test
    void retirableGrantsAreOfAnyAccountsKeysInTheRegion() {
        Caller other = house.root(House.OTHER_ACCOUNT, House.REGION);
        Caller abroad = house.root(House.ACCOUNT, House.OTHER_REGION);
        String own = grant(caller, key, BOB, ALICE);
        String foreign = grant(other, other.newKey(), BOB, ALICE);
        grant(abroad, abroad.newKey(), BOB, ALICE);
        grant(caller, key, ALICE, BOB);
        grant(caller, key, ALICE, null);

        ListGrantsResponse found =
                caller.ask(KmsOperation.LIST_RETIRABLE_GRANTS, "RetiringPrincipal", ALICE);
        assertThat(ids(found)).containsExactlyInAnyOrder(own, foreign);
        assertThat(Objects.requireNonNull(found.grants()))
                .extracting(entry -> Objects.requireNonNull(entry.issuingAccount()))
                .containsExactlyInAnyOrder(
                        "arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    }

    @Test
    void onlyPrincipalsOfTheOwnAccountAreAskedFor() {
        assertThat(caller.tried("ListRetirableGrants", "RetiringPrincipal", BOB))
                .isEqualTo(
                        "AccessDeniedException: User: arn:aws:iam::111122223333:root is not authorized to perform:"
                                + " kms:ListRetirableGrants on resource: "
                                + BOB
                                + " because no identity-based policy allows the kms:ListRetirableGrants action");
        assertThat(caller.tried("ListRetirableGrants", "RetiringPrincipal", "alice"))
                .isEqualTo("InvalidArnException: ARN does not refer to a valid principal: alice");
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried("ListRetirableGrants", "RetiringPrincipal", ALICE))
                .startsWith("AccessDeniedException");
    }

    private ListGrantsResponse list(@Nullable Object... members) {
        return caller.ask(KmsOperation.LIST_GRANTS, members);
    }

    private List<String> all(
            KmsOperation<?, ListGrantsResponse> listing, int limit, Object... members) {
        List<String> found = new ArrayList<>();
        String marker = null;
        do {
            List<@Nullable Object> request = new ArrayList<>(List.of(members));
            request.addAll(List.of("Limit", limit));
            if (marker != null) {
                request.addAll(List.of("Marker", marker));
            }
            ListGrantsResponse page = caller.ask(listing, request.toArray());
            assertThat(ids(page)).hasSizeLessThanOrEqualTo(limit);
            found.addAll(ids(page));
            marker = page.nextMarker();
        } while (marker != null);
        return found;
    }

    private static List<String> ids(ListGrantsResponse response) {
        return Objects.requireNonNull(response.grants()).stream()
                .map(GrantListEntry::grantId)
                .map(Objects::requireNonNull)
                .toList();
    }

    private static String grant(
            Caller caller, String key, String grantee, @Nullable String retiring) {
        return Objects.requireNonNull(
                caller.ask(
                                KmsOperation.CREATE_GRANT,
                                "KeyId",
                                key,
                                "GranteePrincipal",
                                grantee,
                                "RetiringPrincipal",
                                retiring,
                                "Operations",
                                List.of("Encrypt"))
                        .grantId());
    }
}
