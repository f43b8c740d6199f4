package trent.ops;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What is wrong with a file or folder: the JDK often says no more than its name. */
final class FileWords {

    private FileWords() {}

    static String of(IOException e) {
        return switch (e) {
            case AccessDeniedException _ ->
                    "%s may not be used by the user that Trent runs as. Nothing was changed. Give that user the right to it, or name another place"
                            .formatted(file(e));
            case NoSuchFileException _ ->
                    "%s does not exist. Nothing was changed. Make it, or name another place"
                            .formatted(file(e));
            case FileAlreadyExistsException known ->
                    "%s is there already%s"
                            .formatted(
                                    file(e),
                                    known.getReason() == null
                                            ? ", and is not what Trent needs there. Nothing was changed. Name another place"
                                            : ": " + known.getReason());
            case FileSystemException known when known.getReason() != null ->
                    "%s cannot be used: %s. Mend that, or name another place"
                            .formatted(file(e), known.getReason());
            case FileSystemException _ -> file(e) + " cannot be used. Name another place";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String file(IOException e) {
        return e instanceof FileSystemException known ? known.getFile() : "a file";
    }
}
