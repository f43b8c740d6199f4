package trent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.crypto.Entropy;

/** The file of the root key: who may have a hold on it, and that it is made by one start only. */
@Timeout(60)
class RootKeyFileTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final int RACES = 200;

    @TempDir Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "rw-------, rwx------, taken,   taken",
        "r--------, rwxr-xr-x, taken,   taken",
        "rw-r-----, rwx------, taken,   taken", // with a warning
        "rw-r--r--, rwx------, refused, taken",
        "rw-----w-, rwx------, refused, refused",
        "rw--w----, rwx------, refused, refused",
        "rw-------, rwxrwx---, taken,   taken", // with a warning
        "rw-------, rwxrwxrwx, refused, refused",
        "r--r--r--, rwxr-xr-x, refused, taken",
    })
    void whoMayHaveAHoldOnIt(String file, String around, String plain, String asMounted)
            throws IOException {
        Path inside = Files.createDirectory(folder.resolve("seal"));
        RootKeyFile made = new RootKeyFile(inside.resolve("root.key"));
        made.create(ENTROPY).close();
        Files.setPosixFilePermissions(made.path(), PosixFilePermissions.fromString(file));
        Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString(around));

        assertThat(outcome(made)).isEqualTo(plain);
        assertThat(outcome(new RootKeyFile(made.path(), true))).isEqualTo(asMounted);
    }

    /**
     * A mounted secret is a link to a link: what counts is the file, and each folder on the way.
     */
    @Test
    void aLinkIsAsGuardedAsItsFolder() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("real"));
        RootKeyFile real = new RootKeyFile(inside.resolve("root.key"));
        real.create(ENTROPY).close();
        Path open = Files.createDirectory(folder.resolve("open"));
        RootKeyFile linked = new RootKeyFile(open.resolve("root.key"));
        Files.createSymbolicLink(linked.path(), real.path());
        assertThat(outcome(linked)).isEqualTo("taken");

        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(outcome(linked)).isEqualTo("refused");
        assertThat(outcome(real)).isEqualTo("taken");
    }

    @Test
    void aFolderAboveThatOthersCanWriteIsRefused() throws IOException {
        Path above = Files.createDirectory(folder.resolve("above"));
        Path inside = Files.createDirectory(above.resolve("seal"));
        RootKeyFile made = new RootKeyFile(inside.resolve("root.key"));
        made.create(ENTROPY).close();
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> made.read(ENTROPY))
                .hasMessageContaining("the root key is not guarded: " + above)
                .hasMessageContaining("chmod o-w " + above);
        assertThatThrownBy(() -> new RootKeyFile(inside.resolve("other")).create(ENTROPY))
                .hasMessageContaining("the root key is not guarded");
    }

    /** As in /tmp: others can make files there, and not take this one's place. */
    @Test
    void aStickyFolderIsTakenForAFileOfOurOwn() throws Exception {
        Path sticky = Files.createDirectory(folder.resolve("sticky"));
        Files.setAttribute(sticky, "unix:mode", 01777);
        RootKeyFile made = new RootKeyFile(sticky.resolve("root.key"));
        made.create(ENTROPY).close();
        assertThat(outcome(made)).isEqualTo("taken");
        if ((Integer) Files.getAttribute(made.path(), "unix:uid") == 0) { // only root can give away
            Files.setAttribute(made.path(), "unix:uid", 65534);
            assertThatThrownBy(() -> made.read(ENTROPY))
                    .hasMessageContaining("belongs to another user");
        }
    }

    /** Both believed in a key of their own, and one store could never be opened again. */
    @Test
    void ofFirstStartsOnOneFileOneWinsAndItsKeyIsThere() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int race = 0; race < RACES; race++) {
                RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
                CyclicBarrier start = new CyclicBarrier(3);
                Callable<@Nullable String> starting =
                        () -> {
                            start.await();
                            try (RootKey made = file.create(ENTROPY)) {
                                return made.id();
                            } catch (FileAlreadyExistsException _) {
                                return null;
                            }
                        };
                List<String> won = new ArrayList<>();
                for (Future<@Nullable String> one :
                        threads.invokeAll(List.of(starting, starting, starting))) {
                    String id = one.get();
                    if (id != null) {
                        won.add(id);
                    }
                }
                try (RootKey there = file.read(ENTROPY)) {
                    assertThat(won).as("race %d", race).containsExactly(there.id());
                }
                try (Stream<Path> left = Files.list(folder)) {
                    assertThat(left).containsExactly(file.path());
                }
                Files.delete(file.path());
            }
        }
    }

    @Test
    void whatACrashLeftIsRemovedAndNeverTakenForTheKey() throws IOException {
        RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
        Path cutShort = folder.resolve("root.key.new");
        Path whole = folder.resolve("root.key.0123456789abcdef.new");
        Files.writeString(cutShort, "trent-root-key-1:AAAA");
        new RootKeyFile(whole).create(ENTROPY).close();
        assertThat(file.exists()).isFalse();

        String id = file.create(ENTROPY).id();

        assertThat(file.read(ENTROPY).id()).isEqualTo(id);
        assertThat(cutShort).doesNotExist();
        assertThat(whole).doesNotExist();
        Files.createLink(cutShort, file.path()); // between its link and its removal
        file.removeUnfinished();
        assertThat(cutShort).doesNotExist();
    }

    /** People keep keys under such names. */
    @Test
    void anotherWholeKeyIsNotRemoved() throws IOException {
        RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
        file.create(ENTROPY).close();
        RootKeyFile next = new RootKeyFile(folder.resolve("root.key.new"));
        String id = next.create(ENTROPY).id();
        file.removeUnfinished();
        assertThat(next.read(ENTROPY).id()).isEqualTo(id);
    }

    private static String outcome(RootKeyFile file) {
        try {
            file.read(ENTROPY).close();
            return "taken";
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("not guarded").hasMessageContaining("chmod");
            return "refused";
        }
    }

    @Test
    void aStampChangesWithTheFile() throws IOException {
        RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
        file.create(ENTROPY).close();
        RootKeyFile.Stamp before = file.stamp();
        assertThat(file.stamp()).isEqualTo(before);
        Path copy = Files.copy(file.path(), folder.resolve("copy"));
        Files.move(copy, file.path(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(file.stamp()).isNotEqualTo(before);
        assertThatCode(() -> file.read(ENTROPY).close()).doesNotThrowAnyException();
    }
}
