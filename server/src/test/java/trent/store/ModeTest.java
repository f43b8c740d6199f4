package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static trent.store.Mode.DEVELOPMENT;
import static trent.store.Mode.SERVICE;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.seal.RootKeyFile;
import trent.store.Store.CannotOpen;

/** A store is opened in the mode that it is kept in, and for an account that it has. */
@Tag("sqlite") // of a store that nodes share, FirstStartTest tells
class ModeTest {

    private static final Entropy RANDOM = new SecureRandom()::nextBytes;
    private static final AccountId ONE = new AccountId("111111111111");
    private static final AccountId TWO = new AccountId("222222222222");

    @TempDir Path folder = Path.of("");

    @Test
    void theFirstToOpenItDecides() throws Exception {
        open(DEVELOPMENT, false);
        refused(SERVICE, "--from-development");
        open(DEVELOPMENT, false);
    }

    @Test
    void whoLooksAfterItDecidesNothingAndIsRefusedNothing() throws Exception {
        open(null, false);
        open(SERVICE, false);
        open(null, false);
        refused(DEVELOPMENT, "--as-development");
    }

    @Test
    void aServersStoreStaysOneWhenItIsOpenedForDevelopment() throws Exception {
        open(SERVICE, false);
        open(DEVELOPMENT, true);
        refused(DEVELOPMENT, "--as-development");
        open(SERVICE, false);
    }

    @Test
    void norIsOneWithoutANoteMadeOneOfDevelopmentByTheFlag() throws Exception {
        open(null, false); // as of an earlier version
        open(DEVELOPMENT, true);
        open(SERVICE, false);
    }

    @Test
    void aStoreOfDevelopmentThatIsTakenOverIsAServersFromThenOn() throws Exception {
        open(DEVELOPMENT, false);
        open(SERVICE, true);
        open(SERVICE, false);
        refused(DEVELOPMENT, "--as-development");
    }

    @Test
    void theFlagAloneChangesNothingWhereTheModeIsRight() throws Exception {
        open(SERVICE, true);
        open(SERVICE, false);
        refused(DEVELOPMENT, "--as-development");
    }

    @Test
    void aModeOfANewerVersionIsRefused() throws Exception {
        open(SERVICE, false);
        try (Store store = Store.open(folder, rootKey(), RANDOM)) {
            boolean _ =
                    store.write(
                            tx -> {
                                Settings.put(tx, "mode", "museum");
                                return true;
                            });
        }
        refused(SERVICE, "\"museum\"");
        refused(DEVELOPMENT, "\"museum\"");
    }

    @Test
    void anAccountThatAStoreInUseDoesNotHaveIsRefusedAndNothingIsNoted() throws Exception {
        try (Store store = Store.open(folder, rootKey(), RANDOM)) {
            boolean _ = store.write(tx -> tx.accounts().add(ONE));
        }
        assertThatThrownBy(() -> open(new Opening(SERVICE, false, TWO)))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining("no account 222222222222")
                .hasMessageContaining("but 111111111111")
                .hasMessageContaining("trent account add 222222222222");
        open(DEVELOPMENT, false); // which it would not be had the other been noted
        try (Store store = Store.open(folder, rootKey(), RANDOM)) {
            assertThat(store.account(TWO).state()).isEqualTo(Account.State.UNKNOWN);
            boolean _ = store.write(tx -> tx.accounts().add(TWO));
        }
        open(new Opening(SERVICE, true, TWO));
        open(new Opening(SERVICE, false, ONE));
    }

    @Test
    void aNewStoreTakesAnyAccount() throws Exception {
        open(new Opening(SERVICE, false, TWO));
        open(new Opening(SERVICE, false, ONE)); // as long as none is listed and none has keys
    }

    private void open(@Nullable Mode mode, boolean evenOfOther) throws IOException, CannotOpen {
        open(new Opening(mode, evenOfOther, null));
    }

    private void open(Opening opening) throws IOException, CannotOpen {
        Store.open(folder, rootKey(), RANDOM, opening).close();
    }

    private void refused(Mode mode, String says) {
        assertThatThrownBy(() -> open(mode, false))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining(says)
                .hasMessageContaining("Nothing was changed");
    }

    private RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }
}
