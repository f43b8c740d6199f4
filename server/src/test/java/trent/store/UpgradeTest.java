package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;
import trent.store.Store.CannotOpen;
import trent.store.Upgrade.Change;
import trent.testing.EmbeddedPostgres;

/** Nodes of two versions on one database: the newer expands its tables, an operator contracts them. */
@Tag("postgresql")
class UpgradeTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    /** What a later version could change: a note for each alias, which it always gives. */
    private static final List<Change> NEWER =
            List.of(
                    new Change(
                            Baseline.VERSION + 1,
                            List.of("alter table alias add column note text"),
                            List.of(
                                    "update alias set note = '' where note is null",
                                    "alter table alias alter column note set not null")));

    @TempDir Path folder = Path.of("");

    private PostgresSettings place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());

    private RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    @BeforeEach
    void make() throws IOException, CannotOpen {
        place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
        Store.init(place, rootKey(), ENTROPY);
    }

    @Test
    void anOlderNodeGoesOnBesideTheTablesOfANewerOneAndMayComeBack() throws Exception {
        try (House older = house()) {
            House.Caller caller = older.caller();
            String key = caller.newKey();
            caller.newAlias("alias/before", key);
            expand();
            expand(); // by the next node of the newer version
            caller.newAlias("alias/while", key);
            assertThat(caller.aliasNames("KeyId", key))
                    .containsExactly("alias/before", "alias/while");
        }
        try (House back = house()) {
            assertThat(back.caller().describe("alias/while").enabled()).isTrue();
            back.caller().newAlias("alias/after", back.caller().newKey());
        }
    }

    @Test
    void theTablesAreContractedOnceNoOlderNodeRuns() throws Exception {
        try (House older = house()) {
            String _ = older.caller().newKey();
            expand();
            assertThatThrownBy(this::contract)
                    .isInstanceOf(CannotOpen.class)
                    .hasMessageStartingWith(
                            "1 nodes of an older version run. Nothing was changed.");
            older.caller().newAlias("alias/still", older.caller().newKey());
        }
        assertThat(contract()).isEqualTo(Baseline.VERSION + 1);
        assertThatThrownBy(() -> Store.open(place, rootKey(), ENTROPY))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining("needs a newer Trent (schema 7, this one knows 6)");
    }

    @Test
    void whatIsNotExpandedIsNotContracted() {
        assertThatThrownBy(this::contract)
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining("the tables have schema 6, and this Trent writes 7");
    }

    private House house() throws IOException, CannotOpen {
        return new House(Store.open(place, rootKey(), ENTROPY), ENTROPY);
    }

    private void expand() throws CannotOpen {
        try (PostgresDatabase database = new PostgresDatabase(place)) {
            new Upgrade(database, NEWER).expand();
        }
    }

    private int contract() throws CannotOpen {
        try (PostgresDatabase database = new PostgresDatabase(place)) {
            return new Upgrade(database, NEWER).contract();
        }
    }
}
