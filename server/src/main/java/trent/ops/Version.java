package trent.ops;

import org.jspecify.annotations.Nullable;

/** Which Trent and which Java this is. */
final class Version {

    /** As the build wrote it into the jar. */
    static final String TRENT = ofThisPackage();

    static final String JAVA = Runtime.version().toString();

    private Version() {}

    private static String ofThisPackage() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
