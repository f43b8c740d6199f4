package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;
import trent.seal.RootKey;
import trent.seal.RootKeyFile;

/** What is wrong with the root key's file is told once, and seen to be right again. */
@Tag("sqlite")
class RootKeyWatchTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    @TempDir Path folder = Path.of("");

    @Test
    void anotherKeyIsReadOnce() throws Exception {
        RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
        RootKeyFile other = new RootKeyFile(folder.resolve("other.key"));
        String id;
        try (RootKey key = file.create(ENTROPY);
                RootKey _ = other.create(ENTROPY)) {
            id = key.id();
        }
        RootKeyWatch watch = new RootKeyWatch(file, id);
        Files.move(file.path(), folder.resolve("aside.key"));
        Files.move(other.path(), file.path());
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r-----"));

        Logger log = (Logger) LoggerFactory.getLogger(RootKeyFile.class.getPackageName());
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            for (int i = 0; i < 5; i++) {
                watch.look();
                assertThat(watch.fault()).contains("was exchanged");
            }
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list).as("its group reads it").hasSize(1);

        Files.delete(file.path());
        watch.look();
        assertThat(watch.fault()).contains("is gone");
        Files.move(folder.resolve("aside.key"), file.path());
        watch.look();
        assertThat(watch.fault()).isNull();
    }
}
