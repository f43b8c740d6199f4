package trent.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.store.Store;

/**
 * Looks at the files and folders that settings name, before anything is made of them: a mistake in
 * the last of them must leave nothing of the first behind.
 */
final class GivenFiles {

    private static final Set<Flag> READ =
            EnumSet.of(
                    Flag.STORE_PASSWORD_FILE,
                    Flag.TLS_CERT,
                    Flag.TLS_KEY,
                    Flag.ATTESTATION_ROOTS,
                    Flag.OIDC_CA,
                    Flag.SEED);

    private GivenFiles() {}

    /**
     * Refuses what cannot be used. Comes after the settings were read, so that each is a path.
     *
     * @param known the flags of the command
     * @param makes whether the command makes a store where there is none
     * @throws IOException in words for the operator
     */
    static void check(Flags flags, Set<Flag> known, boolean makes) throws IOException {
        for (Flag flag : READ) {
            Path file = path(flags, known, flag, "");
            if (file != null) {
                FileWords.requireReadable(flag.toString(), file);
            }
        }
        if (known.contains(Flag.OIDC_KEYS)) {
            for (String each : flags.values(Flag.OIDC_KEYS)) {
                FileWords.requireReadable(
                        Flag.OIDC_KEYS.toString(), Path.of(each.substring(each.indexOf('=') + 1)));
            }
        }
        Path data = path(flags, known, Flag.DATA, "");
        Path rootKey = path(flags, known, Flag.SEAL, SettingsReader.FILE);
        if (data != null && makes) {
            FileWords.requireFolder(Flag.DATA.toString(), data);
        }
        if (rootKey != null && Files.exists(rootKey)) {
            FileWords.requireReadable(Flag.SEAL.toString(), rootKey);
        } else if (rootKey != null && data != null && makes && !Store.isIn(data)) {
            FileWords.requireFolderOf("the root key (%s)".formatted(Flag.SEAL), rootKey);
        }
    }

    private static @Nullable Path path(Flags flags, Set<Flag> known, Flag flag, String before) {
        String value = known.contains(flag) ? flags.value(flag) : null;
        return value == null ? null : Path.of(value.substring(before.length()));
    }
}
