package trent.generator;

import java.util.Locale;

/** The model's names as Java writes them. */
final class Names {

    private Names() {}

    /** {@code KeyId} → {@code keyId}, {@code AWSAccountId} → {@code awsAccountId}. */
    static String lowerCamel(String name) {
        int capitals = 0;
        while (capitals < name.length() && Character.isUpperCase(name.charAt(capitals))) {
            capitals++;
        }
        boolean nextWordBegins = capitals > 1 && capitals < name.length();
        int lowered = nextWordBegins ? capitals - 1 : capitals;
        return name.substring(0, lowered).toLowerCase(Locale.ROOT) + name.substring(lowered);
    }

    static String lowerFirst(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    /** {@code CreateGrant} → {@code CREATE_GRANT}; what is in capitals already stays. */
    static String constant(String name) {
        if (name.equals(name.toUpperCase(Locale.ROOT))) {
            return name;
        }
        return name.replace('-', '_')
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_")
                .toUpperCase(Locale.ROOT);
    }

    /** {@code statusType} → {@code StatusType}. */
    static String type(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** A Java string literal. */
    static String literal(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
