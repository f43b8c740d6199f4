package trent.ops;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What is wrong with a file or folder, and what to do: the JDK often says no more than its name. */
public final class FileWords {

    private static final String RIGHT =
            "may not be used by the user that Trent runs as (%s). Nothing was changed. Give that user the right to it, or"
                    + " name another place";

    private FileWords() {}

    /** In words for the operator. */
    public static String of(IOException e) {
        if (!(e instanceof FileSystemException known) || known.getFile() == null) {
            return String.valueOf(e.getMessage());
        }
        String file = known.getFile();
        if (known instanceof FileAlreadyExistsException && known.getReason() != null) {
            return "%s is there already: %s".formatted(file, known.getReason());
        }
        String inTheWay = inTheWay(Path.of(file));
        if (inTheWay != null) {
            return inTheWay;
        }
        return switch (known) {
            case AccessDeniedException _ -> file + " " + RIGHT.formatted(user());
            case NoSuchFileException _ ->
                    "%s does not exist. Nothing was changed. Make it, or name another place"
                            .formatted(file);
            case FileAlreadyExistsException _ ->
                    "%s is there already, and is not what Trent needs there. Nothing was changed. Name another place"
                            .formatted(file);
            default ->
                    known.getReason() == null
                            ? file + " cannot be used. Name another place"
                            : "%s cannot be used: %s. Mend that, or name another place"
                                    .formatted(file, known.getReason());
        };
    }

    /**
     * Refuses what is no file that can be read.
     *
     * @param setting where it is named, such as {@code --seed}
     * @throws IOException in words for the operator
     */
    static void requireReadable(String setting, Path file) throws IOException {
        String named = "%s (%s) ".formatted(file, setting);
        String inTheWay = inTheWay(file);
        if (inTheWay != null) {
            throw new IOException("%s: %s".formatted(setting, inTheWay));
        }
        if (Files.notExists(file)) {
            throw new IOException(
                    "%sdoes not exist%s. Nothing was changed. Make it, or name another"
                            .formatted(
                                    named,
                                    file.isAbsolute()
                                            ? ""
                                            : " in " + Path.of("").toAbsolutePath()));
        }
        if (Files.isDirectory(file)) {
            throw new IOException(
                    named
                            + "is a folder, and a file is needed. Nothing was changed. Name the file in it");
        }
        if (!Files.isReadable(file)) {
            throw new IOException(named + RIGHT.formatted(user()));
        }
    }

    /**
     * Refuses what cannot be, or become, a folder for the store.
     *
     * @throws IOException in words for the operator
     */
    static void requireFolder(String setting, Path folder) throws IOException {
        String inTheWay = inTheWay(folder);
        if (inTheWay != null) {
            throw new IOException("%s: %s".formatted(setting, inTheWay));
        }
        Path there = folder.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            throw new IOException(
                    "%s (%s) is a file, and the store needs a folder. Nothing was changed. Name another place"
                            .formatted(there, setting));
        }
        if (!Files.isWritable(there) || !Files.isExecutable(there)) {
            throw new IOException(
                    there.equals(folder.toAbsolutePath())
                            ? "%s (%s) cannot be written by the user that Trent runs as (%s), or its file system is read-only. Nothing was changed. Give that user the right to it, or name another place"
                                    .formatted(folder, setting, user())
                            : "%s (%s) does not exist, and the user that Trent runs as (%s) cannot make it in %s. Nothing was changed. Make it and give it to that user, or name another place"
                                    .formatted(folder, setting, user(), there));
        }
    }

    /**
     * Refuses a file that cannot be made since its folder is not there. Trent makes none for it: such
     * a folder has an owner and a mode that somebody must choose.
     *
     * @param what such as {@code the root key (--seal)}
     * @throws IOException in words for the operator
     */
    static void requireFolderOf(String what, Path file) throws IOException {
        String inTheWay = inTheWay(file);
        if (inTheWay != null) {
            throw new IOException("%s: %s".formatted(what, inTheWay));
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && Files.notExists(folder)) {
            throw new IOException(
                    "the folder %s of %s does not exist. Nothing was changed. Make it for the user that Trent runs as, such as with mkdir -p -m 700 %s, or name another"
                            .formatted(folder, what, folder));
        }
    }

    /** A file where a folder belongs, or a link that leads nowhere, on the way to this; else null. */
    private static @Nullable String inTheWay(Path path) {
        Path way = path.getRoot() == null ? Path.of("") : path.getRoot();
        for (Path name : path) {
            boolean last = name.equals(path.getFileName()) && way.resolve(name).equals(path);
            way = way.resolve(name);
            if (Files.isSymbolicLink(way) && !Files.exists(way)) {
                return linkWords(way);
            }
            if (!last && Files.exists(way) && !Files.isDirectory(way)) {
                return "%s is a file, and so there is no %s in it. Nothing was changed. Name another place"
                        .formatted(way, path);
            }
            if (Files.notExists(way, LinkOption.NOFOLLOW_LINKS)) {
                return null; // and nothing below it
            }
        }
        return null;
    }

    private static @Nullable String linkWords(Path link) {
        try {
            Path _ = link.toRealPath();
            return null;
        } catch (NoSuchFileException _) {
            return "%s is a symbolic link to what does not exist. Nothing was changed. Make that, or name another place"
                    .formatted(link);
        } catch (AccessDeniedException _) {
            return link + " " + RIGHT.formatted(user());
        } catch (FileSystemLoopException _) {
            return loops(link);
        } catch (FileSystemException e) {
            return e.getReason() == null || !e.getReason().contains("symbolic")
                    ? "%s is a symbolic link that cannot be followed: %s. Nothing was changed. Mend it, or name another place"
                            .formatted(link, e.getReason())
                    : loops(link);
        } catch (IOException e) {
            return "%s cannot be followed: %s".formatted(link, e.getMessage());
        }
    }

    private static String loops(Path link) {
        return "%s is a symbolic link that leads back to itself. Nothing was changed. Mend it, or name another place"
                .formatted(link);
    }

    private static String user() {
        return String.valueOf(System.getProperty("user.name"));
    }
}
