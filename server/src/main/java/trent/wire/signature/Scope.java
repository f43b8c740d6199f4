package trent.wire.signature;

import org.jspecify.annotations.Nullable;
import trent.api.IncompleteSignatureException;
import trent.api.InvalidSignatureException;
import trent.name.Region;

/**
 * The credential of a signature: whose access key it was made with, and for which day, Region and
 * service. Source: AWS IAM User Guide, "Elements of an AWS API request signature".
 *
 * @param text {@code date/region/service/terminator}, as the string to sign has it
 */
record Scope(
        String accessKeyId,
        String date,
        String region,
        String service,
        String terminator,
        String text) {

    static final String TERMINATOR = "aws4_request";

    private static final int PARTS = 5;

    static Scope of(String credential) {
        String[] parts = credential.split("/", -1);
        if (parts.length != PARTS) {
            throw new IncompleteSignatureException(
                    "Credential must have exactly 5 slash-delimited elements, "
                            + "e.g. keyid/date/region/service/term, got '%s'"
                                    .formatted(credential));
        }
        return new Scope(
                parts[0],
                parts[1],
                parts[2],
                parts[3],
                parts[4],
                credential.substring(parts[0].length() + 1));
    }

    /** The access key id of a credential with all its parts, or with none but this. */
    static @Nullable String claimedAccessKeyId(String credential) {
        int slashes = (int) credential.chars().filter(each -> each == '/').count();
        // Others may be a secret access key with slashes in it, by mistake.
        return slashes == PARTS - 1 ? accessKeyId(credential) : slashes == 0 ? credential : null;
    }

    /** The access key id of a credential, whatever the rest of it is. */
    static String accessKeyId(String credential) {
        int slash = credential.indexOf('/');
        return slash < 0 ? credential : credential.substring(0, slash);
    }

    /** Requires a scope of this service, whatever its day. */
    Scope require(String wantedService) {
        answer(faults(wantedService));
        return this;
    }

    /** Requires a scope of this service, and of the day on which the request was signed. */
    Scope require(String wantedService, AmzTime signedAt) {
        StringBuilder faults = faults(wantedService);
        if (!signedAt.isOn(date)) {
            faults.append(
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                            + "from HTTP: '%s' != '%s', from '%s'."
                                    .formatted(date, signedAt.date(), signedAt.text()));
        }
        answer(faults);
        return this;
    }

    /** All that is wrong, each sentence with the space that AWS puts behind it. */
    private StringBuilder faults(String wantedService) {
        StringBuilder faults = new StringBuilder();
        if (!Region.isValid(region)) {
            faults.append(
                    "Credential should be scoped to a valid region, not '%s'. ".formatted(region));
        }
        if (!service.equals(wantedService)) {
            faults.append(
                    "Credential should be scoped to correct service: '%s'. "
                            .formatted(wantedService));
        }
        if (!terminator.equals(TERMINATOR)) {
            faults.append(
                    "Credential should be scoped with a valid terminator: '%s', not '%s'. "
                            .formatted(TERMINATOR, terminator));
        }
        return faults;
    }

    private static void answer(StringBuilder faults) {
        if (!faults.isEmpty()) {
            throw new InvalidSignatureException(faults.toString());
        }
    }
}
